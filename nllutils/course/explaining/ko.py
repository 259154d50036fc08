"""What readers of the Korean edition see."""

LEVELS = {"error": "오류", "wrong": "틀림", "guess": "의심", "note": "참고"}
KINDS = {"tensor": "텐서", "array": "배열"}

CURE = "고치기: {cure}"
CLEAN = "모양과 값에서 이상한 점을 찾지 못했습니다."
MENDED = "고친 호출: {call}"
MENDED_VALUE = "고친 값: {value} nat"

FACTS = {
    "one sample": "{argument}: {shape} 모양의 {dtype} {kind}. 클래스 {classes}개인 샘플 하나로 읽습니다.",
    "samples": (
        "{argument}: {shape} 모양의 {dtype} {kind}. 샘플 {n}개, 1번 축의 클래스 {classes}개로 읽습니다."
    ),
    "samples of places": (
        "{argument}: {shape} 모양의 {dtype} {kind}."
        " 샘플 {n}개, 1번 축의 클래스 {classes}개, 샘플마다 위치 {places}곳으로 읽습니다."
    ),
    "shares": "{argument}: {shape} 모양의 {dtype} {kind}. 클래스마다의 확률로 읽습니다.",
    "numbers": "{argument}: {shape} 모양의 {dtype} {kind}. 값은 {low}부터 {high}까지입니다.",
    "target": "{argument}: {shape} 모양의 {dtype} {kind}.",
    "divides by targets": "나누는 수: 정답의 수 {n}",
    "divides by kept targets": "나누는 수: 무시한 {ignored}개를 뺀 정답의 수 {n}",
    "divides by weights": "나누는 수: 정답마다의 가중치를 더한 {total}",
    "divides by places": "나누는 수: 샘플의 수 {n}",
    "divides by places, not weights": "나누는 수: 샘플의 수 {n}(정답이 확률이면 가중치로 나누지 않습니다)",
    "reduction sum": "나누는 수: 없음(모두 더합니다)",
    "reduction none": "나누는 수: 없음(손실을 더하지 않고 {shape} 모양으로 돌려줍니다)",
    "stops": "결과: 이대로는 오류가 납니다.",
    "value": "값: {value} nat",
    "value not finite": "값: {value}",
    "values": "값: 가장 작은 손실 {low} nat, 가장 큰 손실 {high} nat",
    "value at some places": "값: {value} nat(input이 커서 고르게 뽑은 {n}곳만 계산했습니다)",
    "uniform": "비교: 모든 클래스에 같은 확률을 주면 {value}(log {classes})",
    "uniform and frequencies": (
        "비교: 모든 클래스에 같은 확률을 주면 {value}(log {classes}), 정답의 비율대로 답하면 {frequencies}"
    ),
    "smoothed": "하한: 레이블 스무딩 {smoothing} 때문에 아무리 잘 맞혀도 {value} 아래로 내려가지 않습니다.",
    "gradient": "기울기: input으로 전해집니다.",
    "no gradient": "기울기: 전해지지 않습니다(input의 requires_grad가 False).",
}

FINDINGS = {
    # each argument by itself
    "none": "{argument} 자리에 None이 들어왔습니다. 함수에서 return을 빠뜨리지 않았는지 보세요.",
    "object": "{argument}에서 수를 읽을 수 없습니다. 들어온 것의 종류: {type}",
    "text": "{argument}에 문자열이 들어 있습니다. 클래스의 이름은 0부터 센 번호로 바꾸세요.",
    "ragged": (
        "{argument}의 행마다 길이가 다릅니다."
        " 길이를 맞추고, 맞추느라 채운 정답은 ignore_index로 무시하게 하세요."
    ),
    "masked": "{argument}에 가려진(masked) 값이 있습니다. 가렸다는 정보는 손실에 전해지지 않습니다.",
    "sparse": "{argument} 자리에 희소(sparse) 텐서가 들어왔습니다.",
    "special": (
        "{argument} 자리에 중첩되거나(nested) 양자화된(quantized) 텐서가 들어왔습니다. 보통 텐서로 바꾸세요."
    ),
    "no tensor": "{argument} 자리에 텐서가 아닌 것이 들어왔습니다. 들어온 것의 종류: {type}",
    "devices": "{argument} 텐서는 {given}에, input 텐서는 {expected}에 있습니다.",
    "no values": "값이 없는 텐서라서 모양과 자료형만 살폈습니다.",
    "reduction": 'reduction은 "mean", "sum", "none" 가운데 하나입니다. 들어온 것: {given}',
    "ignore_index": "ignore_index는 정수 하나입니다. 들어온 것: {given}",
    "smoothing": "label_smoothing은 0과 1 사이의 수입니다. 들어온 것: {given}",
    "smoothing of nll_loss": "nll_loss에는 label_smoothing이 없습니다. cross_entropy에는 있습니다.",
    "swapped": "두 인자의 순서가 바뀌었습니다. 로짓이 먼저, 정답이 나중입니다.",
    # shapes and types
    "predicted classes": (
        "input이 target과 같은 모양의 정수입니다. 예측한 클래스의 번호처럼 보입니다."
        " argmax를 취하기 전의 로짓을 넣으세요."
    ),
    "type": "{argument}의 자료형이 {dtype}입니다. 이 자료형으로는 손실을 구할 수 없습니다.",
    "input type": "input의 자료형이 {dtype}입니다. 로짓은 실수여야 합니다.",
    "no class axis": "input이 수 하나입니다. 클래스마다 점수가 하나씩 있어야 합니다.",
    "no classes": "input이 {shape} 모양이라 클래스가 하나도 없습니다.",
    "one class": (
        "클래스가 하나뿐입니다. 하나뿐인 클래스의 확률은 언제나 1이라 손실로 배울 것이 없습니다."
        " 마지막 층의 출력을 클래스의 수만큼 두세요."
    ),
    "one output": (
        "클래스가 하나뿐입니다. 점수 하나의 소프트맥스는 언제나 1이므로, 오류가 나지 않더라도 손실이 늘 0이라"
        " 배우는 것이 없습니다. 출력 하나로 둘 가운데 하나를 고르는 문제라면 이진 교차 엔트로피를 씁니다."
    ),
    "one-hot": "target이 정수로 된 원-핫입니다. 클래스의 번호로 바꾸세요.",
    "one-hot, classes last": (
        "target이 정수로 된 원-핫이고, input과 target 모두 클래스가 마지막 축에 있습니다."
    ),
    "one logit for each sample": (
        "input이 1차원이라 샘플 하나의 점수들로 읽습니다. 샘플마다 로짓 하나와 0 또는 1인 정답이라면"
        " 이진 교차 엔트로피를 씁니다."
    ),
    "several labels": (
        "target의 어떤 행에는 1이 없거나 둘 이상입니다. 한 샘플이 여러 클래스에 속할 수 있는 문제라면"
        " 클래스마다 이진 교차 엔트로피를 씁니다."
    ),
    "shares for nll_loss": "nll_loss는 확률로 된 정답을 받지 않습니다. cross_entropy는 받습니다.",
    "same shape": (
        "target이 input과 같은 모양이지만 합이 1인 확률이 아닙니다."
        " 클래스의 번호라면 {wanted} 모양이어야 합니다."
    ),
    "extra axis": "target이 {shape} 모양입니다. 길이가 1인 {axis}번 축을 없애야 합니다.",
    "classes last": (
        "target이 {shape} 모양이므로 input의 클래스는 마지막 축에 있는 것처럼 보입니다."
        " 클래스는 1번 축에 있어야 합니다."
    ),
    "no batch axis": "input에 샘플의 축이 없는 것처럼 보입니다. 샘플이 하나여도 (1, C, …) 모양이어야 합니다.",
    "classes first": "input의 축이 (클래스, 샘플)의 순서처럼 보입니다. (샘플, 클래스)의 순서여야 합니다.",
    "flat target": (
        "target만 한 줄로 펼쳐져 있습니다. input의 클래스는 마지막 축에 있는 것처럼 보이니, 같은 순서로"
        " 펼칩니다."
    ),
    "shape": "input이 {input} 모양이면 target은 {wanted} 모양이어야 하는데 {shape} 모양입니다.",
    "no class numbers": (
        "target에 클래스의 번호일 수 없는 값이 있습니다: {value}"
        " 연속인 값을 맞히는 문제라면 mse_loss를 쓰세요."
    ),
    "bytes": (
        "이 호출에서 PyTorch는 uint8 정답을 받지 않습니다. 정답이 픽셀이나 단어마다 있으면 int64여야 합니다."
    ),
    "target type": "target의 자료형이 {dtype}입니다. 클래스의 번호는 정수(int64)여야 합니다.",
    "from one": (
        "클래스가 {classes}개이면 번호는 0부터 {last}까지인데, target은 {low}부터 {high}까지입니다."
        " 1부터 센 번호처럼 보입니다."
    ),
    "padding": (
        "번호는 0부터 {last}까지인데 target에 {value}도 있습니다. 세지 않을 정답이라면 무시하게 합니다."
    ),
    "out of range": (
        "target{place}의 값은 {value}입니다. 클래스가 {classes}개이면 번호는 0부터 {last}까지인데,"
        " target은 {low}부터 {high}까지입니다. 정답이 틀렸거나 마지막 층의 출력이 모자랍니다."
    ),
    # weights and the divisor
    "weight shape": "weight는 클래스마다 하나씩 ({classes},) 모양이어야 하는데 {shape} 모양입니다.",
    "weight type": "weight의 자료형이 {dtype}입니다. input과 같은 실수여야 합니다.",
    "weight values": "weight에 쓸 수 없는 값이 있습니다: {value} 가중치는 0 이상의 유한한 수입니다.",
    "weight for each sample": (
        "weight의 길이가 클래스의 수가 아니라 샘플의 수입니다. 샘플의 가중치는 샘플마다 구한 손실에 곱합니다."
    ),
    "empty": "정답이 하나도 없습니다. 0개의 평균이라 nan입니다.",
    "all ignored": (
        "정답 {n}개를 모두 무시했습니다. 0개의 평균이라 값은 nan이고 기울기는 0입니다."
        " 합을 구해 나누되, 나누는 수가 0이 되지 않게 합니다."
    ),
    "weights of sum 0": (
        "이 정답들의 가중치를 더하면 0입니다. 값도 기울기도 nan이라, 한 번만 갱신해도 모델이 망가집니다."
        " 합을 구해 나누되, 나누는 수가 0이 되지 않게 합니다."
    ),
    "small weights": (
        "정답 {n}개의 가중치를 더해도 {total}입니다. mean은 이 작은 수로 다시 나누므로,"
        " 가중치가 작아도 이 배치의 손실과 기울기는 작아지지 않습니다."
    ),
    "weights cancel": ("정답의 가중치가 모두 {weight}입니다. mean에서 약분되어 가중치가 없을 때와 같습니다."),
    "one weight rules": "정답 {n}개 가운데 하나가 가중치의 {percent}%를 차지합니다.",
    # values
    "ignore_index with shares": "정답이 확률이면 무시할 번호가 없습니다. ignore_index를 빼세요.",
    "target gradient": (
        "target으로도 기울기가 전해집니다. 다른 모델이 낸 확률이라면 target.detach()를 넣으세요."
    ),
    "log-probabilities as shares": "target이 로그 확률처럼 보입니다. 정답은 확률이어야 합니다.",
    "no shares": (
        "target에 음수가 있으니 확률이 아닙니다(가장 작은 값 {low}). 로짓이라면 소프트맥스를 취합니다."
    ),
    "shares last": "target의 합이 1인 축은 마지막입니다. 클래스는 1번 축에 있어야 합니다.",
    "rows without shares": "확률이 모두 0인 정답이 {n}개 있습니다. 손실은 0이지만 나누는 수에는 들어갑니다.",
    "shares": "target에 합이 1이 아닌 행이 있습니다(합 {sum}). 확률이라면 합으로 나눕니다.",
    "nan": "input에 nan이 {n}개 있습니다. 손실보다 앞에서 생겼습니다. 모델의 출력을 앞 층부터 살펴보세요.",
    "inf": "input에 inf가 {n}개 있습니다. 그 행의 손실은 nan이나 inf입니다. 로짓이 넘친 곳을 찾으세요.",
    "-inf": "정답의 점수가 -inf인 샘플이 {n}개 있습니다. 그 확률은 0이고 손실은 inf입니다.",
    "-inf with shares": (
        "input에 -inf가 {n}개 있습니다. 정답이 확률이거나 스무딩이 있으면 모든 클래스를 계산에 넣으므로"
        " 값이 inf나 nan이 됩니다."
    ),
    "probabilities": (
        "input이 로짓이 아니라 확률처럼 보입니다(모두 0과 1 사이, 행의 합 1). 확률을 넣으면"
        " 손실이 {floor} 아래로 내려가지 못합니다. 모델 끝의 소프트맥스를 빼거나, 로그를 취해 넣으세요."
    ),
    "softmax twice": (
        "input이 소프트맥스를 두 번 취한 로그 확률처럼 보입니다. 손실이 {floor} 아래로 내려가지 못합니다."
        " log_softmax 앞의 소프트맥스를 빼세요."
    ),
    "no logarithm": (
        "input이 로그 확률이 아니라 확률입니다(모두 0과 1 사이, 행의 합 1)."
        " nll_loss는 로그를 취하지 않으므로 손실이 -1과 0 사이에 머뭅니다."
    ),
    "log-probabilities": (
        "input이 이미 로그 확률입니다. log_softmax를 한 번 더 취해도 값과 기울기는 그대로이므로 맞는"
        " 호출입니다."
    ),
    "scores for nll_loss": (
        "input에 양수가 있으니 로그 확률이 아닙니다(가장 큰 값 {high})."
        " 로짓을 nll_loss에 넣으면 손실이 끝없이 내려갑니다. 로짓에는 cross_entropy를 씁니다."
    ),
    "no log-probabilities": (
        "input에 exp를 취해 행마다 더하면 1이 아닙니다(첫 행의 합 {sum})."
        " 로그 확률이 아니라 로짓처럼 보입니다. 로짓에는 cross_entropy를 씁니다."
    ),
    "adds up along the last axis": (
        "확률의 합이 1인 축은 1번이 아니라 마지막입니다. 클래스가 마지막 축에 있는 것처럼 보입니다."
    ),
    "adds up along another axis": (
        "확률의 합이 1인 축은 {axis}번입니다. 소프트맥스를 클래스의 축, 곧 dim={expected}에서 취했는지"
        " 확인하세요."
    ),
    "equal axes, note": (
        "1번 축과 마지막 축의 길이가 모두 {length}라서 어느 쪽이 클래스인지 모양만으로는 알 수 없습니다."
        " 1번 축이면 값은 {now}, 마지막 축이면 {other}입니다. 마지막 축이 클래스라면 축을 옮기세요."
    ),
    "equal axes, guess": (
        "1번 축과 마지막 축의 길이가 모두 {length}라서 오류는 나지 않지만, 클래스는 마지막 축인 것처럼"
        " 보입니다."
        " 지금 값은 {now}, 축을 옮기면 {other}입니다."
    ),
    "no zero, note": (
        "정답에 0번이 없고 가장 작은 번호가 1입니다. 1부터 센 번호라면 1을 빼세요."
        " 지금 값은 {now}, 1을 빼면 {other}입니다."
    ),
    "no zero, guess": (
        "정답에 0번이 없고 가장 작은 번호가 1입니다. 1부터 센 번호처럼 보입니다."
        " 지금 값은 {now}, 1을 빼면 {other}입니다."
    ),
    # the result
    "says": "호출하면 오류가 납니다. {type}: {says}",
    "half": (
        "{dtype}으로 구한 평균이 틀렸습니다. 나온 값은 {value}, float32로 구한 값은 {exact}입니다."
        " {dtype}의 범위나 자릿수가 모자랍니다."
    ),
    "half of many": (
        "{dtype}으로 많은 손실을 평균하면 값이 틀릴 수 있습니다. 위의 값과 다르면 float32로 바꾸세요."
    ),
    "not finite": '값이 {value}입니다. reduction="none"으로 어느 샘플에서 생기는지 찾으세요.',
}
