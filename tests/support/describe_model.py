#!/usr/bin/python3
"""Describe published models by their files alone: one line of tests/unit/test_import.c each.

    python3 tests/support/describe_model.py ROOT PATH...

PATH (below ROOT) is a GGUF file, the first part of a split one, or a Hugging Face directory. Prints hyper-parameters, the number of
tensors, and a CRC-32 over one line a tensor, sorted by name: "name type [sizes, outermost first] crc of its first 65536 bytes".
"""
import json, os, re, struct, sys, zlib

TYPES = {0: ('f32', 1, 4), 1: ('f16', 1, 2), 30: ('bf16', 1, 2), 2: ('q4_0', 32, 18), 3: ('q4_1', 32, 20), 6: ('q5_0', 32, 22), 7: ('q5_1', 32, 24), 8: ('q8_0', 32, 34)}
NAMES = {'attn_norm': 'input_layernorm', 'ffn_norm': 'post_attention_layernorm', 'attn_output': 'self_attn.o_proj',
         'attn_q_norm': 'self_attn.q_norm', 'attn_k_norm': 'self_attn.k_norm'}
NAMES.update({'attn_' + x: f'self_attn.{x}_proj' for x in 'qkv'})
NAMES.update({'ffn_' + x: f'mlp.{x}_proj' for x in ('gate', 'up', 'down')})
TOP = {'token_embd.weight': 'model.embed_tokens.weight', 'output_norm.weight': 'model.norm.weight', 'output.weight': 'lm_head.weight',
       'rope_freqs.weight': 'rope.divisors.weight'}


def rename(name):
    found = re.fullmatch(r'blk\.(\d+)\.(\w+)\.(weight|bias)', name)
    return f'model.layers.{found[1]}.{NAMES[found[2]]}.{found[3]}' if found else TOP.get(name, name)


def read_gguf(path):
    data, at, values, tensors = open(path, 'rb').read(), 24, {}, []
    tensor_count, value_count = struct.unpack_from('<QQ', data, 8)

    def number(form):
        nonlocal at
        at += struct.calcsize(form)
        return struct.unpack_from('<' + form, data, at - struct.calcsize(form))[0]

    def text():
        nonlocal at
        n = number('Q')
        at += n
        return data[at - n:at].decode()

    def value(kind):
        if kind == 8:
            return text()
        if kind == 9:
            element, count = number('I'), number('Q')
            return [value(element) for _ in range(count)]
        return number('BbHhIif?__Qqd'[kind])

    for _ in range(value_count):
        key = text()
        values[key] = value(number('I'))
    for _ in range(tensor_count):
        name = text()
        sizes = [number('Q') for _ in range(number('I'))]
        tensors.append((name, sizes[::-1], number('I'), number('Q')))
    start = -(-at // 32) * 32
    return values, [(rename(n), TYPES[t], s, data[start + o:start + o + 65536]) for n, s, t, o in tensors]


def read_safetensors(path):
    data = open(path, 'rb').read()
    n, = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + n])
    width = {'F32': 4, 'F16': 2, 'BF16': 2}
    return [(k, (v['dtype'].lower(), 1, width[v['dtype']]), v['shape'], data[8 + n + v['data_offsets'][0]:][:65536])
            for k, v in header.items() if k != '__metadata__']


def describe(path):
    if path.endswith('.gguf'):
        values, tensors = read_gguf(path)
        for i in range(2, values.get('split.count', 1) + 1):
            tensors += read_gguf(path.replace('-00001-of-', f'-{i:05}-of-'))[1]
        family = values['general.architecture']
        get = lambda key, otherwise=None: values.get(f'{family}.{key}', otherwise)
        heads, hidden = get('attention.head_count'), get('embedding_length')
        size = get('attention.key_length', hidden // heads)
        names = {t[0]: t for t in tensors}
        h = [names['model.embed_tokens.weight'][2][0], hidden, get('block_count'), heads, get('attention.head_count_kv'), size,
             get('rope.dimension_count', size), get('feed_forward_length'), get('context_length'), 0,
             get('attention.layer_norm_rms_epsilon'), get('rope.freq_base'), 'default', family == 'llama', 'lm_head.weight' not in names]
    else:
        c = json.load(open(path + '/config.json'))
        tensors = []
        for file in sorted(os.listdir(path)):
            if file.startswith('model') and file.endswith('.safetensors'):
                tensors += read_safetensors(path + '/' + file)
        rope = c.get('rope_parameters') or c.get('rope_scaling') or {}
        size = c.get('head_dim') or c['hidden_size'] // c['num_attention_heads']
        family = {'mistral': 'llama'}.get(c['model_type'], c['model_type'])
        h = [c['vocab_size'], c['hidden_size'], c['num_hidden_layers'], c['num_attention_heads'], c['num_key_value_heads'], size, size,
             c['intermediate_size'], c['max_position_embeddings'], c.get('sliding_window') or 0, c['rms_norm_eps'],
             rope.get('rope_theta', c.get('rope_theta')), rope.get('rope_type', 'default'), False, c['tie_word_embeddings']]
    lines = []
    for name, (kind, block, width), sizes, data in tensors:
        elements = 1
        for s in sizes:
            elements *= s
        lines.append(f'{name} {kind} {sizes} {zlib.crc32(data[:elements // block * width])}\n'.encode())
    whole = zlib.crc32(b''.join(sorted(lines)))
    numbers = ', '.join(str(x).lower() if isinstance(x, bool) else 'ROPE_' + x if isinstance(x, str) else repr(x) for x in h)
    return f'"{family}", {numbers}, {len(lines)}, 0x{whole:08x}'


for below in sys.argv[2:]:
    print(f'    {{"{below}", {describe(os.path.join(sys.argv[1], below))}}},')
