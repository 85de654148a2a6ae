"""Makes the models of this folder: small ones in the formats that quantized Hugging Face directories have. Each folder gets
config.json, model.safetensors, and expected.safetensors with tokens and the logits that transformers computes in float64. Integers
and zero points are packed by the publishers' own code, and decoded weights are the differences times the scales in float32. The
tests need only the files.

Packages: torch, transformers, safetensors, compressed-tensors, bitsandbytes; and the packing code of auto-gptq 0.7.1 and autoawq
0.2.9, which do not install without a GPU: make.py FOLDER_OF_auto_gptq FOLDER_OF_awq.
"""

import importlib.util
import itertools
import json
import os
import sys
import types

import torch
from bitsandbytes import functional as bnb
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, Qwen3MoeConfig, Qwen3MoeForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = 12


def load(folder, path):
    """A module of a package, without running the package's own __init__."""
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], os.path.join(folder, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_awq(folder):
    for name in ("awq", "awq.utils", "awq.utils.module", "awq.utils.utils", "awq.utils.packing_utils"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["awq.utils.module"].try_import = lambda name: (None, "")
    sys.modules["awq.utils.utils"].get_best_device = lambda: "cpu"
    sys.modules["awq.utils.packing_utils"].dequantize_gemm = None
    return load(folder, "modules/linear/gemm.py")


def make_model(seed, hidden, intermediate, experts):
    torch.manual_seed(seed)
    sizes = dict(vocab_size=128, hidden_size=hidden, num_hidden_layers=1, num_attention_heads=hidden // 16, num_key_value_heads=2,
                 head_dim=16, max_position_embeddings=64, tie_word_embeddings=True)
    if experts:
        model = Qwen3MoeForCausalLM(Qwen3MoeConfig(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=intermediate,
                                                   experts_implementation="eager", **sizes))
    else:
        model = LlamaForCausalLM(LlamaConfig(intermediate_size=intermediate, **sizes))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            width = 0.3 if "embed" in name else 0.15
            parameter.copy_(1 + 0.1 * torch.randn(parameter.shape) if "norm" in name else width * torch.randn(parameter.shape))
            if "proj" not in name:
                parameter.copy_(parameter.bfloat16())
    return model.float().eval()


def modules(name, parameter):
    """The linear modules of a parameter, by their names in files: views."""
    if parameter.dim() == 2:
        return {name.removesuffix(".weight"): parameter}
    found, half = {}, parameter.shape[1] // 2
    for i, expert in enumerate(parameter):
        base = f"{name.rsplit('.', 1)[0]}.{i}."
        if "gate_up" in name:
            found[base + "gate_proj"], found[base + "up_proj"] = expert[:half], expert[half:]
        else:
            found[base + "down_proj"] = expert
    return found


def round_rows(module, inputs):
    """What a linear module reads, as int8 with one scale per row."""
    scales = inputs[0].abs().amax(-1, keepdim=True) / 127
    return (torch.round(inputs[0] / scales) * scales,)


def write(name, quantization, quantize, seed=1, hidden=64, intermediate=128, experts=False, int8_rows=False):
    """quantize(weight) gives the tensors of a module by the ends of their names, and its decoded weight. int8_rows: there are also
    logits of rounded activations."""
    model = make_model(seed, hidden, intermediate, experts)
    tensors, config = {}, model.config.to_dict()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "proj" not in key:
                tensors[key] = parameter.bfloat16().clone()
                continue
            for base, weight in modules(key, parameter).items():
                parts, decoded = quantize(weight.clone())
                weight.copy_(decoded)
                for end, tensor in parts.items():
                    tensors[f"{base}.{end}"] = tensor.contiguous()
        tokens = torch.randint(0, 128, (TOKENS,), generator=torch.Generator().manual_seed(seed))
        expected = {"tokens": tokens.int(), "logits": model.double()(tokens[None]).logits[0].float().contiguous()}
        for key, module in model.named_modules():
            if int8_rows and "proj" in key:
                module.register_forward_pre_hook(round_rows)
        if int8_rows:
            expected["logits_of_int8_rows"] = model(tokens[None]).logits[0].float().contiguous()
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    config["quantization_config"] = quantization
    config = {key: value for key, value in config.items() if value is not None and key not in ("transformers_version", "dtype")}
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=1, sort_keys=True, default=str)
        file.write("\n")
    save_file(tensors, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    save_file(expected, os.path.join(folder, "expected.safetensors"))


def grid(weight, bits, group_of, symmetric, dtype, least_zero=0):
    """Scales and zero points [out, groups] of an unsigned grid, the integers, and what they mean."""
    top = 2**bits - 1
    scales, zeros = [], []
    for group in range(int(group_of.max()) + 1):
        part = weight[:, group_of == group]
        low, high = part.min(1).values.clamp(max=0), part.max(1).values.clamp(min=0)
        if symmetric:
            high = torch.maximum(-low, high)
            low = -high
        scale = ((high - low) / top).to(dtype).float()
        scales.append(scale)
        zeros.append(torch.full_like(scale, (top + 1) // 2) if symmetric else torch.round(-low / scale).clamp(least_zero, top))
    scales, zeros = torch.stack(scales, 1), torch.stack(zeros, 1)
    integers = torch.round(weight / scales[:, group_of] + zeros[:, group_of]).clamp(0, top)
    return scales, zeros, integers, (integers - zeros[:, group_of]) * scales[:, group_of]


def groups(columns, group, scattered=False):
    group_of = torch.arange(columns) // group
    return group_of[torch.randperm(columns)] if scattered else group_of


def linear_of(weight):
    linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    linear.weight.data = weight
    return linear


def gptq(auto_gptq, bits, group, symmetric, scattered=False, v2=False):
    def quantize(weight):
        out, columns = weight.shape
        group_of = groups(columns, group, scattered)
        scales, zeros, _, decoded = grid(weight, bits, group_of, symmetric, torch.float16, 1 if bits == 3 else 0)
        packed = auto_gptq.QuantLinear(bits, group, columns, out, False, weight_dtype=torch.float16)
        if bits == 3:
            packed.pack(linear_of(decoded), scales, zeros.clone(), group_of.int())
        else:  # this code takes 1 from each zero point, and has no 0; GPTQModel takes it from whole words
            packed.pack(linear_of(decoded - scales[:, group_of]), scales, zeros + 1, group_of.int())
            packed.qzeros -= 0 if v2 else {2: 0x55555555, 4: 0x11111111, 8: 0x01010101}[bits]
        return {"qweight": packed.qweight, "qzeros": packed.qzeros, "scales": packed.scales.half(), "g_idx": packed.g_idx}, decoded

    return quantize


def awq(awq_gemm, group):
    def quantize(weight):
        group_of = groups(weight.shape[1], group)
        scales, zeros, _, decoded = grid(weight, 4, group_of, False, torch.float16)
        packed = awq_gemm.WQLinear_GEMM.from_linear(linear_of(decoded), 4, group, scales=scales.t().contiguous(),
                                                    zeros=zeros.t().contiguous())
        return {"qweight": packed.qweight, "qzeros": packed.qzeros, "scales": packed.scales}, decoded

    return quantize


def compressed(bits, group, symmetric, dtype, scattered=False):
    def quantize(weight):
        group_of = groups(weight.shape[1], group or weight.shape[1], scattered)
        scales, zeros, integers, decoded = grid(weight, bits, group_of, symmetric, dtype)
        half = 2 ** (bits - 1)
        parts = {"weight_packed": pack_to_int32((integers - half).to(torch.int8), bits),
                 "weight_scale": scales.to(dtype), "weight_shape": torch.tensor(weight.shape)}
        if not symmetric:
            parts["weight_zero_point"] = pack_to_int32((zeros - half).to(torch.int8), bits, packed_dim=0)
        if scattered:
            parts["weight_g_idx"] = group_of.int()
        return parts, decoded

    return quantize


def int8(*dtypes):
    """The types of scales, in turns."""
    turns = itertools.cycle(dtypes)

    def quantize(weight):
        dtype = next(turns)
        scales, zeros, integers, decoded = grid(weight, 8, groups(weight.shape[1], weight.shape[1]), True, dtype)
        return {"weight": (integers - zeros).to(torch.int8), "weight_scale": scales.to(dtype)}, decoded

    return quantize


def fp8(rows, columns, end, dtype):
    """Blocks of so many rows and columns; 0: all."""

    def quantize(weight):
        shape = [-(-weight.shape[0] // (rows or weight.shape[0])), -(-weight.shape[1] // (columns or weight.shape[1]))]
        row_of = groups(weight.shape[0], rows or weight.shape[0])
        column_of = groups(weight.shape[1], columns or weight.shape[1])
        scales = torch.zeros(shape)
        for i in range(shape[0]):
            for j in range(shape[1]):
                scales[i, j] = weight[row_of == i][:, column_of == j].abs().max() / 448
        wide = scales.to(dtype).float()[row_of][:, column_of]
        stored = (weight / wide).clamp(-448, 448).to(torch.float8_e4m3fn)
        return {"weight": stored, end: scales.to(dtype)}, stored.float() * wide

    return quantize


def nf4(double):
    def quantize(weight):
        stored, state = bnb.quantize_4bit(weight, quant_type="nf4", compress_statistics=double)
        parts = {"weight": stored}
        parts.update({f"weight.{key}": tensor for key, tensor in state.as_dict(packed=True).items()})
        return parts, bnb.dequantize_4bit(stored, state)

    return quantize


def main():
    auto_gptq = load(sys.argv[1], "nn_modules/qlinear/qlinear_cuda.py")
    awq_gemm = load_awq(sys.argv[2])
    of_gptq = dict(quant_method="gptq", bits=4, group_size=32, sym=True, desc_act=False, checkpoint_format="gptq")
    of_ct = dict(quant_method="compressed-tensors", format="pack-quantized", quantization_status="compressed", ignore=["lm_head"])
    write("gptq-symmetric", of_gptq, gptq(auto_gptq, 4, 32, True))
    write("gptq-asymmetric", of_gptq | dict(sym=False, group_size=64), gptq(auto_gptq, 4, 64, False))
    write("gptq-act-order", of_gptq | dict(sym=False, desc_act=True, checkpoint_format="gptq_v2"),
          gptq(auto_gptq, 4, 32, False, scattered=True, v2=True))
    write("gptq-3-bit", of_gptq | dict(bits=3), gptq(auto_gptq, 3, 32, True))
    write("gptq-8-bit", of_gptq | dict(bits=8), gptq(auto_gptq, 8, 32, True), intermediate=64)
    write("awq", dict(quant_method="awq", bits=4, group_size=64, zero_point=True, version="gemm"), awq(awq_gemm, 64))
    write("awq-experts", dict(quant_method="awq", bits=4, group_size=32, zero_point=True, version="gemm",
                              modules_to_not_convert=["gate"]), awq(awq_gemm, 32), intermediate=32, experts=True)
    write("compressed-int4", of_ct, compressed(4, 32, True, torch.bfloat16))
    write("compressed-int4-channel", of_ct, compressed(4, None, False, torch.float16))
    write("compressed-int4-order", of_ct, compressed(4, 32, False, torch.float16, scattered=True))
    of_int8 = of_ct | dict(format="int-quantized")
    rows = dict(targets=["Linear"], weights=dict(num_bits=8, type="int", strategy="channel", symmetric=True, dynamic=False),
                input_activations=dict(num_bits=8, type="int", strategy="token", symmetric=True, dynamic=True))
    write("compressed-int8", of_int8, int8(torch.bfloat16), intermediate=64)
    write("compressed-int8-f32", of_int8, int8(torch.float32), intermediate=64)
    write("compressed-int8-experts", of_int8, int8(*5 * [torch.float32], torch.bfloat16), intermediate=32, experts=True)
    write("compressed-w8a8", of_int8 | dict(config_groups=dict(group_0=rows)), int8(torch.bfloat16), intermediate=96,
          int8_rows=True)
    write("compressed-fp8", of_ct | dict(format="float-quantized"), fp8(1, 0, "weight_scale", torch.bfloat16), intermediate=64)
    write("fp8-blocks", dict(quant_method="fp8", activation_scheme="dynamic", fmt="e4m3", weight_block_size=[128, 128]),
          fp8(128, 128, "weight_scale_inv", torch.float32), hidden=128, intermediate=256)
    of_bnb = dict(quant_method="bitsandbytes", load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype="bfloat16")
    write("nf4", of_bnb | dict(bnb_4bit_use_double_quant=False), nf4(False), intermediate=64)
    write("nf4-double", of_bnb | dict(bnb_4bit_use_double_quant=True), nf4(True), intermediate=64)


main()
