"""What readers of the English edition see."""

LEVELS = {"error": "error", "wrong": "wrong", "guess": "suspect", "note": "note"}
KINDS = {"tensor": "tensor", "array": "array"}

CURE = "Fix: {cure}"
CLEAN = "Nothing looks wrong in the shapes and values."
MENDED = "Corrected call: {call}"
MENDED_VALUE = "Corrected value: {value} nats"

FACTS = {
    "one sample": "{argument}: {dtype} {kind} of shape {shape}. A single sample; classes: {classes}.",
    "samples": "{argument}: {dtype} {kind} of shape {shape}. Samples: {n}; classes: {classes}, on axis 1.",
    "samples of places": (
        "{argument}: {dtype} {kind} of shape {shape}."
        " Samples: {n}; classes: {classes}, on axis 1; places in each sample: {places}."
    ),
    "shares": "{argument}: {dtype} {kind} of shape {shape}, read as class probabilities.",
    "numbers": "{argument}: {dtype} {kind} of shape {shape}, values from {low} to {high}.",
    "target": "{argument}: {dtype} {kind} of shape {shape}.",
    "divides by targets": "Divisor: the number of targets, {n}",
    "divides by kept targets": "Divisor: the number of targets that are not ignored, {n} ({ignored} ignored)",
    "divides by weights": "Divisor: the sum of the targets' weights, {total}",
    "divides by places": "Divisor: the number of samples, {n}",
    "divides by places, not weights": (
        "Divisor: the number of samples, {n} (with class probabilities, weights do not enter it)"
    ),
    "reduction sum": "Divisor: none, the losses are added up",
    "reduction none": "Divisor: none, the losses are returned one by one in shape {shape}",
    "stops": "Result: as it stands, the call raises an error.",
    "value": "Value: {value} nats",
    "value not finite": "Value: {value}",
    "values": "Values: losses from {low} to {high} nats",
    "value at some places": (
        "Value: {value} nats (input is large: only {n} evenly spaced places were computed)"
    ),
    "uniform": "For comparison: equal probabilities for all classes give {value} (log {classes})",
    "uniform and frequencies": (
        "For comparison: equal probabilities for all classes give {value} (log {classes}),"
        " the frequencies of the targets {frequencies}"
    ),
    "smoothed": (
        "Lower bound: with label smoothing {smoothing} even perfect predictions do not get below {value}."
    ),
    "gradient": "Gradient: flows to input.",
    "no gradient": "Gradient: does not flow (input has requires_grad=False).",
}

FINDINGS = {
    # each argument by itself
    "none": "{argument} is None. Did a function forget to return something?",
    "object": "No numbers can be read from {argument}. Its type: {type}",
    "text": "{argument} holds strings. Replace the names of classes by numbers, counted from 0.",
    "ragged": (
        "The rows of {argument} differ in length."
        " Pad them, and have the padded targets ignored with ignore_index."
    ),
    "masked": "{argument} has masked entries, but the loss does not see a mask.",
    "sparse": "{argument} is a sparse tensor.",
    "special": "{argument} is a nested or a quantized tensor. Make it an ordinary one.",
    "no tensor": "{argument} is not a tensor. Its type: {type}",
    "devices": "{argument} is on device {given}, input on {expected}.",
    "no values": "These tensors hold no values, so only shapes and types were examined.",
    "reduction": 'reduction must be "mean", "sum" or "none". Given: {given}',
    "ignore_index": "ignore_index must be a single integer. Given: {given}",
    "smoothing": "label_smoothing must be a number between 0 and 1. Given: {given}",
    "smoothing of nll_loss": "nll_loss has no label_smoothing; cross_entropy has.",
    "swapped": "The two arguments are swapped: the logits come first, the targets second.",
    # shapes and types
    "predicted classes": (
        "input holds integers in the shape of target. They look like predicted class numbers."
        " Pass the logits, before argmax is taken."
    ),
    "type": "{argument} has dtype {dtype}, for which no loss can be computed.",
    "input type": "input has dtype {dtype}. Logits must be floating-point numbers.",
    "no class axis": "input is a single number. It must hold one score for each class.",
    "no classes": "input has shape {shape}, so there are no classes.",
    "one class": (
        "There is only one class. Its probability is always 1, so the loss teaches nothing."
        " Give the last layer one output for each class."
    ),
    "one output": (
        "There is only one class. The softmax of a single score is always 1, so even if there is no error the"
        " loss is always 0 and teaches nothing. If one output is to decide between two classes, use binary"
        " cross-entropy."
    ),
    "one-hot": "target is one-hot and holds integers. Turn it into class numbers.",
    "one-hot, classes last": (
        "target is one-hot and holds integers, and in both arguments the classes are on the last axis."
    ),
    "one logit for each sample": (
        "input has a single axis, so it is read as the scores of one sample. If it holds one logit for each"
        " sample, and the targets are 0 or 1, use binary cross-entropy."
    ),
    "several labels": (
        "Some rows of target hold no 1, or more than one. If a sample can belong to several classes,"
        " use binary cross-entropy for each class."
    ),
    "shares for nll_loss": "nll_loss does not accept class probabilities as target; cross_entropy does.",
    "same shape": (
        "target has the shape of input but does not hold probabilities with sum 1."
        " As class numbers it must have shape {wanted}."
    ),
    "extra axis": "target has shape {shape}. Its axis {axis}, of length 1, must go.",
    "classes last": (
        "As target has shape {shape}, the classes of input look to be on the last axis."
        " They must be on axis 1."
    ),
    "no batch axis": (
        "input looks to have no axis for the samples. Even a single sample must have shape (1, C, …)."
    ),
    "classes first": "The axes of input look to be (classes, samples). They must be (samples, classes).",
    "flat target": (
        "Only target is flattened. The classes of input look to be on the last axis;"
        " flatten it in the same order."
    ),
    "shape": "With input of shape {input}, target must have shape {wanted}, but it has {shape}.",
    "no class numbers": (
        "target holds a value that cannot be a class number: {value}"
        " If a continuous value is to be predicted, use mse_loss."
    ),
    "bytes": (
        "In this call PyTorch does not accept uint8 targets."
        " With one target for each pixel or word they must be int64."
    ),
    "target type": "target has dtype {dtype}. Class numbers must be integers (int64).",
    "from one": (
        "With {classes} classes the numbers run from 0 to {last}, but target runs from {low} to {high}."
        " The classes look to be numbered from 1."
    ),
    "padding": (
        "Class numbers run from 0 to {last}, but target also holds {value}."
        " If it marks targets that do not count, have it ignored."
    ),
    "out of range": (
        "target{place} is {value}. With {classes} classes the numbers run from 0 to {last}, but target"
        " runs from"
        " {low} to {high}. Either a target is wrong, or the last layer has too few outputs."
    ),
    # weights and the divisor
    "weight shape": "weight must hold one number for each class, shape ({classes},), but it has {shape}.",
    "weight type": "weight has dtype {dtype}. It must be a floating-point type, the same as that of input.",
    "weight values": "weight holds a value it must not: {value} Weights are finite numbers, at least 0.",
    "weight for each sample": (
        "weight is as long as there are samples, not classes. Weights of samples multiply the losses of the"
        " samples."
    ),
    "empty": "There are no targets. The mean of nothing is nan.",
    "all ignored": (
        "All targets are ignored ({n}). The mean of nothing is nan, and its gradient 0."
        " Divide the sum instead, and keep the divisor away from 0."
    ),
    "weights of sum 0": (
        "The weights of these targets sum to 0. The value and the gradient are nan, and a single update ruins"
        " the model. Divide the sum instead, and keep the divisor away from 0."
    ),
    "small weights": (
        "The weights of the {n} targets sum to only {total}. The mean divides by this small number again,"
        " so small weights do not make the loss and the gradient of this batch small."
    ),
    "weights cancel": (
        "All targets here have weight {weight}. In the mean it cancels, as if there were no weights."
    ),
    "one weight rules": "One of the {n} targets carries {percent}% of the weight.",
    # values
    "ignore_index with shares": "With class probabilities there is no number to ignore. Omit ignore_index.",
    "target gradient": "A gradient also flows to target. If another model computed it, pass target.detach().",
    "log-probabilities as shares": "target looks like log-probabilities. It must hold probabilities.",
    "no shares": (
        "target has negative entries, so it holds no probabilities (minimum {low}). Logits need softmax."
    ),
    "shares last": "target sums to 1 along the last axis. The classes must be on axis 1.",
    "rows without shares": (
        "Some rows of target are all 0 ({n}). They add nothing to the sum but count in the divisor."
    ),
    "shares": (
        "Some rows of target do not sum to 1 (sum {sum}). If they are shares, divide them by their sum."
    ),
    "nan": (
        "input holds nan ({n} entries). It arose before the loss. Follow the model's outputs layer by layer."
    ),
    "inf": "input holds inf ({n} entries). The loss of such a row is nan or inf. Find where logits overflow.",
    "-inf": "In some rows the target's score is -inf ({n}). Its probability is 0 and the loss inf.",
    "-inf with shares": (
        "input holds -inf ({n} entries). With class probabilities or smoothing all classes enter the loss,"
        " which becomes inf or nan."
    ),
    "probabilities": (
        "input looks like probabilities, not logits (between 0 and 1, rows sum to 1). With probabilities the"
        " loss cannot get below {floor}. Remove the softmax at the end of the model, or pass the logarithm."
    ),
    "softmax twice": (
        "input looks like log-probabilities for which softmax was taken twice. The loss cannot get below"
        " {floor}. Remove the softmax before log_softmax."
    ),
    "no logarithm": (
        "input holds probabilities, not log-probabilities (between 0 and 1, rows sum to 1)."
        " nll_loss takes no logarithm, so the loss stays between -1 and 0."
    ),
    "log-probabilities": (
        "input already holds log-probabilities. Taking log_softmax again changes neither value nor gradient,"
        " so the call is right."
    ),
    "scores for nll_loss": (
        "input has positive entries, so it holds no log-probabilities (maximum {high})."
        " With logits nll_loss falls without limit. For logits use cross_entropy."
    ),
    "no log-probabilities": (
        "The exponentials of a row of input do not sum to 1 (first row: {sum})."
        " It looks like logits, not log-probabilities. For logits use cross_entropy."
    ),
    "adds up along the last axis": (
        "The probabilities sum to 1 along the last axis, not along axis 1."
        " The classes look to be on the last axis."
    ),
    "adds up along another axis": (
        "The probabilities sum to 1 along axis {axis}. Was softmax taken along the class axis,"
        " dim={expected}?"
    ),
    "equal axes, note": (
        "Axis 1 and the last axis both have length {length}, so the shape does not tell which of them"
        " holds the"
        " classes. If axis 1 does, the value is {now}; if the last, {other}. In that case move the axis."
    ),
    "equal axes, guess": (
        "Axis 1 and the last axis both have length {length}, so there is no error, but the classes look"
        " to be on"
        " the last. The value is {now}; with the axis moved it is {other}."
    ),
    "no zero, note": (
        "No target is 0, and the smallest is 1. If the classes are numbered from 1, subtract 1."
        " The value is {now}; after subtracting 1 it is {other}."
    ),
    "no zero, guess": (
        "No target is 0, and the smallest is 1. The classes look to be numbered from 1."
        " The value is {now}; after subtracting 1 it is {other}."
    ),
    # the result
    "says": "The call raises an error. {type}: {says}",
    "half": (
        "The mean computed in {dtype} is wrong. It is {value}; computed in float32 it is {exact}."
        " The range or the precision of {dtype} does not suffice."
    ),
    "half of many": (
        "The mean of many losses in {dtype} may be wrong. If yours is not the value above, pass float32."
    ),
    "not finite": 'The value is {value}. Use reduction="none" to find the samples where it arises.',
}
