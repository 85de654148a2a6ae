"""Makes the models of this folder whose integers of 8 bits have zero points, with numpy alone: compressed-int8-zeros and
gptq-8-bit-order. Integers are packed here as the formats' descriptions say, and logits are those of the loops below in float64,
which must first give the logits that transformers computed for another model of this folder.
"""

import json
import os
import struct

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I8": "<i1", "I32": "<i4", "U8": "<u1"}
HIDDEN, FEED, HEADS, KV_HEADS, SIZE, VOCABULARY = 64, 128, 4, 2, 16, 128
LAYER = "model.layers.0."


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    found = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + length + begin : 8 + length + end], TYPES[entry["dtype"]]).reshape(entry["shape"])
            found[name] = values if entry["dtype"] != "BF16" else (values.astype(np.uint32) << 16).view(np.float32)
    return found


def save(path, tensors):
    """tensors: (type, values) by name."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (kind, values) in sorted(tensors.items()):
        values = np.ascontiguousarray(values, TYPES[kind])
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def to_bf16(values):
    bits = values.astype(np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def from_bf16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def logits_of(w, tokens, epsilon, theta):
    """A Llama of one layer."""
    w = {name: values.astype(np.float64) for name, values in w.items()}

    def norm(x, weight):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * weight

    def turn(x):
        angles = np.outer(np.arange(len(tokens)), theta ** (-np.arange(0, SIZE, 2) / SIZE))[:, None]
        a, b = x[..., : SIZE // 2], x[..., SIZE // 2 :]
        return np.concatenate((a * np.cos(angles) - b * np.sin(angles), b * np.cos(angles) + a * np.sin(angles)), -1)

    def linear(x, name):
        return x @ w[f"{LAYER}{name}_proj.weight"].T

    x = w["model.embed_tokens.weight"][tokens]
    y, rows = norm(x, w[LAYER + "input_layernorm.weight"]), len(tokens)
    q = turn(linear(y, "self_attn.q").reshape(rows, HEADS, SIZE))
    k = np.repeat(turn(linear(y, "self_attn.k").reshape(rows, KV_HEADS, SIZE)), HEADS // KV_HEADS, 1)
    v = np.repeat(linear(y, "self_attn.v").reshape(rows, KV_HEADS, SIZE), HEADS // KV_HEADS, 1)
    scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(SIZE)
    scores[:, np.triu(np.ones((rows, rows), bool), 1)] = -np.inf
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    x = x + linear(np.einsum("hij,jhd->ihd", weights, v).reshape(rows, -1), "self_attn.o")
    y = norm(x, w[LAYER + "post_attention_layernorm.weight"])
    gate = linear(y, "mlp.gate")
    x = x + linear(gate / (1 + np.exp(-gate)) * linear(y, "mlp.up"), "mlp.down")
    return norm(x, w["model.norm.weight"]) @ w["model.embed_tokens.weight"].T


def check(config):
    """The loops above against transformers."""
    folder = os.path.join(HERE, "compressed-int8-f32")
    stored, expected = load(os.path.join(folder, "model.safetensors")), load(os.path.join(folder, "expected.safetensors"))
    w = {}
    for name, values in stored.items():
        if not name.endswith("_scale"):
            w[name] = values * stored.get(name + "_scale", np.float32(1)).astype(np.float32)
    found = logits_of(w, expected["tokens"], config["rms_norm_eps"], config["rope_parameters"]["rope_theta"])
    assert np.abs(found - expected["logits"]).max() < 1e-6 * np.abs(found).max()


def grid(weight, group_of, dtype, least):
    """Scales and zero points [out, groups] of bytes from `least` on, the integers, and what they mean."""
    groups = group_of.max() + 1
    low = np.stack([np.minimum(weight[:, group_of == g].min(1), 0) for g in range(groups)], 1)
    high = np.stack([np.maximum(weight[:, group_of == g].max(1), 0) for g in range(groups)], 1)
    scales = ((high - low) / 255).astype(dtype).astype(np.float32)
    zeros = np.clip(np.round(-low / scales) + least, least, least + 255).astype(np.int32)
    integers = np.clip(np.round(weight / scales[:, group_of]) + zeros[:, group_of], least, least + 255).astype(np.int32)
    return scales, zeros, integers, (integers - zeros[:, group_of]).astype(np.float32) * scales[:, group_of]


def compressed(weight, _):
    scales, zeros, integers, decoded = grid(weight, np.zeros(weight.shape[1], int), np.float32, -128)
    return {"weight": ("I8", integers), "weight_scale": ("F32", scales), "weight_zero_point": ("I8", zeros)}, decoded


def gptq(weight, group_of):
    scales, zeros, integers, decoded = grid(weight, group_of, np.float16, 0)

    def packed(rows):  # four bytes of an axis in a word
        return np.ascontiguousarray(rows.astype(np.uint8)).view("<i4")

    return {"qweight": ("I32", packed(integers).T), "qzeros": ("I32", packed(zeros.T)), "scales": ("F16", scales.T),
            "g_idx": ("I32", group_of)}, decoded


def write(name, quantization, quantize, base, seed):
    random = np.random.default_rng(seed)
    shapes = {"self_attn.q": (64, 64), "self_attn.k": (32, 64), "self_attn.v": (32, 64), "self_attn.o": (64, 64),
              "mlp.gate": (FEED, 64), "mlp.up": (FEED, 64), "mlp.down": (64, FEED)}
    # Matrices that read the same rows have one order.
    orders = {end: random.permutation(np.arange(columns) // 32) for end, columns in (("q", 64), ("o", 64), ("gate", 64), ("down", FEED))}
    same = {"k": "q", "v": "q", "up": "gate"}
    stored, w = {}, {}
    for key, shape, mean, width in [("model.embed_tokens", (VOCABULARY, HIDDEN), 0, 0.3), ("model.norm", HIDDEN, 1, 0.1),
                                    (LAYER + "input_layernorm", HIDDEN, 1, 0.1),
                                    (LAYER + "post_attention_layernorm", HIDDEN, 1, 0.1)]:
        bits = to_bf16(mean + width * random.standard_normal(shape))
        stored[key + ".weight"], w[key + ".weight"] = ("BF16", bits), from_bf16(bits)
    for key, shape in shapes.items():
        end = key.split(".")[1]
        # Means that are not 0, so that zero points differ.
        weight = 0.15 * random.standard_normal(shape) + 0.05 * random.standard_normal((shape[0], 1))
        parts, w[f"{LAYER}{key}_proj.weight"] = quantize(weight.astype(np.float32), orders[same.get(end, end)])
        for part, tensor in parts.items():
            stored[f"{LAYER}{key}_proj.{part}"] = tensor
    tokens = random.integers(0, VOCABULARY, 12)
    logits = logits_of(w, tokens, base["rms_norm_eps"], base["rope_parameters"]["rope_theta"])
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(base | dict(intermediate_size=FEED, quantization_config=quantization), file, indent=1, sort_keys=True)
        file.write("\n")
    save(os.path.join(folder, "model.safetensors"), stored)
    save(os.path.join(folder, "expected.safetensors"), {"tokens": ("I32", tokens), "logits": ("F32", logits)})


def main():
    with open(os.path.join(HERE, "compressed-int8-f32", "config.json")) as file:
        base = json.load(file)
    check(base)
    write("compressed-int8-zeros", dict(quant_method="compressed-tensors", format="int-quantized", quantization_status="compressed",
                                        ignore=["lm_head"]), compressed, base, 1)
    write("gptq-8-bit-order", dict(quant_method="gptq", bits=8, group_size=32, sym=False, desc_act=True,
                                   checkpoint_format="gptq_v2"), gptq, base, 2)


main()
