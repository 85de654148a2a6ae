"""Generated templates. In: a random number generator. Out: trees whose text is a small Jinja template, and smaller
trees to reduce one to what matters. The grammar is a table: @name stands for any rule of that name.
"""

import re

NAMES = {
    "i": 7, "neg": -3, "zero": 0, "wide": 12345678901, "f": 2.5, "g": -0.0, "e": 1e22, "tiny": 1e-7, "s": "Hello World",
    "empty": "", "u": "Straße ÄÖ ǆ 日本", "w": " \t pad\u00a0\n ", "html": "<a href=\"x\">&'</a> http://x.org/a?b=1",
    "lines": "one\ntwo words\r\n\nthree\n", "digits": "42", "csv": "a,b,,c", "long": "The quick-brown fox jumps over a lazy dog. " * 3,
    "yes": True, "no": False, "nil": None, "xs": [3, 1, 2, 1], "ys": ["b", "A", "c", "a"], "mixed": [1, "a", None, 2.5, True],
    "nest": [[1, 2], [3, 4], []], "d": {"b": 1, "a": 2, "C": 3}, "pairs": [["a", 1], ["b", 2]],
    "people": [{"name": "Ann", "age": 30, "at": {"city": "Ulm"}}, {"name": "bob", "age": 25, "at": {"city": "Bonn"}},
               {"name": "Cy", "age": 30, "ok": True}],
    "deep": {"a": {"b": {"c": [1, {"x": "é"}]}}, "items": "own", "1": 2, "é\"": None},
}

GRAMMAR = {
    "int": ["0", "1", "2", "3", "7", "-1", "10", "255", "0x1F", "0o17", "0b101", "1_000", "i", "neg", "zero", "wide", "xs[0]",
            "d.a", "people[0].age", "@str|length", "@list|length", "@list|count", "@int + @int", "@int - @int", "@int * @int",
            "@int // @int", "@int % @int", "-@int", "+@int", "(@int)", "@num|int", "@str|int", "@str|int(@int)",
            "@str|int(default=@int, base=@base)", "@str.find(@str)", "@str.count(@str)", "@str.index(@str)", "@str.rfind(@str)",
            "@list.index(@any)", "@list.count(@any)", "@ints|sum", "@ints|max", "@ints|min", "@ints|first", "@ints|last",
            "@int|abs", "@int if @cond else @int", "@str|wordcount", "@bool + @int", "@int ** @small", "@ints[@int]"],
    "small": ["0", "1", "2", "3", "5", "-1"],
    "base": ["2", "8", "10", "16", "0", "36"],
    "float": ["0.0", "1.0", "1.5", "0.1", "3.14159", "1e3", "1e22", "1e-7", "1E5", "1_0.5", "f", "g", "e", "tiny", "@int / @int",
              "@num * @float", "@float + @num", "@float - @float", "@float // @float", "@float % @float", "-@float", "@str|float",
              "@str|float(@float)", "@num|float", "@num|round", "@num|round(@small)", "@num|round(@small, 'floor')",
              "@num|round(method='ceil')", "@num|round(precision=1, method='common')", "@float ** @small", "@int ** -1",
              "2.5|round", "0.5|round|int", "1e16", "1e15", "123456789.125", "(0.1 + 0.2)"],
    "num": ["@int", "@int", "@float", "@bool"],
    "str": ["'a'", "\"b\"", "''", "'Hello World'", "'it\\'s'", "\"say \\\"hi\\\"\"", "'\\n'", "'tab\\there'", "'\\x41\\u00e9'",
            "'\\U0001F600'", "'\\\\'", "'\\q'", "'\\101'", "'ß'", "'ŉ İ ı ﬁ ς Σ ǆ'", "'a' 'b'", "'%s'", "'x,y'", "'{}'", "'  x '", "'<b>'",
            "'12'", "' 12 '", "'-3.5e2'", "'0x1f'", "'1_000'", "'٣'", "'²'", "'nan'", "'inf'", "'é'", "'e\u0301'", "'\\r\\n'",
            "s", "empty", "u", "w", "html", "lines", "digits", "csv", "long", "ys[0]", "people[0].name", "people[1]['name']",
            "@str + @str", "@any ~ @any", "@str * @small", "@small * @str", "@str[@int]", "@str[@int:]", "@str[:@int]",
            "@str[@int:@int]", "@str[::@step]", "@str[@int:@int:@step]", "(@str)", "@str if @cond else @str", "@str|upper",
            "@str|lower", "@str|title", "@str|capitalize", "@str|trim", "@str|trim(@str)", "@str|string", "@any|string",
            "@str|replace(@str, @str)", "@str|replace(@str, @str, @int)", "@str|center", "@str|center(@int)",
            "@str|indent", "@str|indent(@small)", "@str|indent(2, true)", "@str|indent(width=3, blank=true)", "@str|indent('> ')",
            "@str|truncate", "@str|truncate(@int)", "@str|truncate(@int, true)", "@str|truncate(9, false, '…', 0)",
            "@str|truncate(@int, end=@str, leeway=@int)", "@str|wordwrap", "@str|wordwrap(@int)", "@str|wordwrap(8, false)",
            "@str|wordwrap(@int, @bool, @str)", "@str|wordwrap(width=10, break_on_hyphens=@bool)", "@str|e", "@str|escape",
            "@str|safe", "@str|forceescape", "@str|striptags", "@str|urlencode", "@dict|urlencode", "@pairs|urlencode",
            "@str|urlize", "@str|urlize(@int)", "@str|urlize(nofollow=true, target='_blank')", "@str|reverse", "@str|first",
            "@str|last", "@list|join", "@list|join(@str)", "@people|join(', ', attribute='name')", "@any|tojson",
            "@any|tojson(indent=2)", "@any|tojson(ensure_ascii=@bool)", "@dict|tojson(sort_keys=true)",
            "@any|tojson(separators=(',', ':'))", "@any|pprint", "@str|format(@any)", "'%s-%s'|format(@any, @any)",
            "'%(a)s'|format(a=@any)", "@pct % @num", "'%s' % @str", "'%s and %r' % (@any, @any)", "'%(a)s' % @dict",
            "@num|filesizeformat", "@num|filesizeformat(true)", "@dict|xmlattr", "@dict|xmlattr(false)", "@any|default(@str)",
            "@undefined|default(@str)", "@undefined|d", "@any|default(@str, true)", "@str.upper()", "@str.lower()", "@str.title()",
            "@str.capitalize()", "@str.swapcase()", "@str.casefold()", "@str.strip()", "@str.strip(@str)", "@str.lstrip()",
            "@str.lstrip(@str)", "@str.rstrip()", "@str.rstrip(@str)", "@str.strip(none)", "@str.replace(@str, @str)",
            "@str.replace(@str, @str, @int)", "@str.join(@strs)", "@str.center(@int)", "@str.ljust(@int)", "@str.rjust(@int, '*')",
            "@str.center(@int, 'é')", "@str.zfill(@int)", "@str.expandtabs()", "@str.expandtabs(@int)", "@str.removeprefix(@str)",
            "@str.removesuffix(@str)", "@str.format(@any)", "'{} {}'.format(@any, @any)", "'{0}{a}'.format(@any, a=@any)",
            "'{:>8}|{:<5}|{:^7}'.format(@str, @int, @str)", "'{:05d} {:x} {:,}'.format(@int, @int, @int)",
            "'{:.2f} {:e} {:g}'.format(@num, @num, @num)", "'{!r}'.format(@any)", "'{a[b]}'.format(a=@dict)",
            "'{a}'.format_map(@dict)", "@str.translate(@dict)", "@strs|first", "@strs|last", "@strs|min", "@strs|max",
            "strftime_now(@date)", "dict(a=@any)|string", "@any|attr('x')|string"],
    "pct": ["'%d'", "'%5d'", "'%-5d|'", "'%05d'", "'%+d'", "'%x'", "'%o'", "'%X'", "'%f'", "'%.2f'", "'%e'", "'%g'", "'%s'", "'%r'",
            "'%5.1f'", "'%c'", "'%%%d'", "'%i'", "'%d %d'", "'%'", "'%y'", "'%G'", "'% d'", "'%#x'", "'%.3s'"],
    "date": ["'%Y-%m-%d'", "'%d %b %Y'", "'%H:%M:%S'", "'%A %B %d'", "'%j %U %W %w %u'", "'%I:%M %p'", "'%y %%'", "'%-d %e'", "'%c'",
             "'%x %X'", "'%D %F %T %R'", "'%G-W%V'", "'%s'", "'%f'", "'%z%Z'", "'%h %n %t'", "'%C'", "'%Q'", "'é %d'", "''", "'%'"],
    "step": ["1", "2", "-1", "-2", "0", "none"],
    "bool": ["true", "false", "True", "False", "yes", "no", "@cond"],
    "cond": ["true", "false", "yes", "no", "@int == @int", "@num < @num", "@num >= @num", "@str == @str", "@str != @str", "@str < @str",
             "@any == @any", "@any != @any", "@any < @any", "@list < @list", "@list == @list", "@str in @str", "@any in @list", "@str in @dict",
             "@any not in @list", "not @any", "@any and @any", "@any or @any", "not @cond", "@num < @num < @num",
             "@num <= @num != @num", "@any is @test", "@any is not @test", "@int is odd", "@int is even", "@int is divisibleby @int",
             "@int is divisibleby(3)", "@any is sameas @any", "@any is in @list", "@any is eq @any", "@any is lt(@any)",
             "@any is equalto @any", "@num is gt @num", "@num is greaterthan(@num)", "@num is le @num", "@num is ne(@num)",
             "@any is == @any", "@undefined is defined", "@undefined is undefined", "@str is filter", "'upper' is filter",
             "'odd' is test", "(@cond)", "@str.startswith(@str)", "@str.endswith(@str)", "@str.startswith((@str, @str))",
             "@str.startswith(@str, @int)", "@str.endswith(@str, @int, @int)", "@str.isdigit()", "@str.isalpha()", "@str.isalnum()",
             "@str.isspace()", "@str.islower()", "@str.isupper()", "@str.istitle()", "@str.isdecimal()", "@str.isnumeric()",
             "@str.isidentifier()", "@str.isprintable()", "@str.isascii()", "@any in @str", "@undefined == @undefined"],
    "test": ["defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string", "sequence", "iterable",
             "mapping", "callable", "lower", "upper", "odd", "even", "escaped", "none", "filter", "nosuchtest"],
    "ints": ["[]", "[1, 2, 3]", "xs", "[@int, @int]", "range(@int)|list", "range(@int)", "range(@int, @int)", "range(1, 9, @step)", "@ints + @ints",
             "@ints|sort", "@ints|unique|list", "@ints|reverse|list", "@people|map(attribute='age')|list", "@ints|select('odd')|list",
             "@ints|reject('even')|list", "@ints|select('gt', @int)|list", "@ints[@int:]", "@ints[::-1]", "@strs|map('length')|list",
             "@strs|map('int')|list", "@strs|map('int', @int)|list", "(1, 2)", "(@int,)", "()"],
    "strs": ["ys", "['x', 'y']", "[@str, @str]", "@str.split()", "@str.split(@str)", "@str.split(@str, @int)", "@str.rsplit(@str, 1)",
             "@str.split(maxsplit=1)", "@str.splitlines()", "@str.splitlines(true)", "@str.partition(@str)", "@str.rpartition(@str)",
             "@strs|sort", "@strs|sort(true)", "@strs|sort(case_sensitive=true)", "@strs|sort(reverse=@bool)", "@strs|unique|list",
             "@strs|map('upper')|list", "@strs|map('replace', @str, @str)|list", "@people|map(attribute='name')|list", "@str|list",
             "@people|map(attribute='at.city', default='?')|list", "@strs|select('in', @str)|list", "@strs|select|list", "@strs|reject|list",
             "@strs + @strs", "@strs[:@int]", "@dict|list", "@dict.keys()|list", "@dict|sort", "@strs|unique(true)|list"],
    "pairs": ["pairs", "@dict|items|list", "@dict|dictsort", "@dict.items()|list", "@dict|dictsort(true)", "@dict|dictsort(by='value')",
              "@dict|dictsort(reverse=true)", "[(1, 2)]", "@dict|dictsort(false, @str)", "@pairs|sort", "@pairs|sort(attribute=1)",
              "@pairs|map('first')|list", "@pairs|map(attribute=0)|list", "@pairs|sort(attribute='1,0')"],
    "people": ["people", "people[1:]", "people|sort(attribute='age')", "people|sort(attribute='name', case_sensitive=@bool)",
               "people|sort(attribute='age,name', reverse=@bool)", "people|selectattr('ok')|list", "people|selectattr('age', 'gt', @int)|list",
               "people|rejectattr('ok', 'defined')|list", "people|selectattr('name', 'equalto', 'Ann')|list",
               "people|selectattr('at.city', 'defined')|list", "people|unique(attribute='age')|list", "@people|rejectattr('at')|list"],
    "list": ["@ints", "@strs", "@pairs", "@people", "mixed", "nest", "[@any, @any]", "[@any]", "(@any, @any)", "@list + @list", "@list * @small",
             "@list|batch(@small)|list", "@list|batch(2, @any)|list", "@list|slice(@small)|list", "@list|slice(2, @any)|list", "@list[@int:@int]",
             "@people|groupby('age')|list", "@people|groupby('at.city', default='')|list", "@people|groupby('name', case_sensitive=true)|list",
             "@list|list", "@list|reverse|list", "@any|list", "nest|sum(start=[])", "@list|select(@testname)|list", "@list|reject(@testname)|list",
             "@list|map(@filtername)|list", "@list.copy()", "@dict.values()|list", "@list|sort", "@list|unique|list", "@list|map('default', 0)|list",
             "(@list)", "@list if @cond else @list", "@list or @list", "@list and @list", "@list|selectattr('x')|list",
             "@list|map(attribute='x')|list", "@list|map(attribute='x', default=1)|list", "@list|map(attribute=0)|list"],
    "testname": ["'defined'", "'none'", "'string'", "'number'", "'odd'", "'mapping'", "'true'", "'sequence'", "'nosuch'", "'integer'"],
    "filtername": ["'upper'", "'string'", "'length'", "'int'", "'abs'", "'list'", "'first'", "'tojson'", "'trim'", "'nosuch'", "'e'", "'float'"],
    "dict": ["d", "deep", "{}", "{'a': @any}", "{'b': @any, 'a': @any}", "{@key: @any, @key: @any}", "people[0]", "dict(a=@any, b=@any)",
             "dict(@pairs)", "dict(@dict, z=1)", "deep.a", "deep['a'].b", "(@dict)", "dict.fromkeys(@strs, @any)", "@dict.copy()", "@dict or @dict"],
    "key": ["1", "'x'", "1.0", "true", "none", "(1, 2)", "@str", "'1'", "[]"],
    "undefined": ["nosuch", "d.nosuch", "d['nosuch']", "xs[99]", "s.nosuch", "i.nosuch", "nil.x", "deep.a.nosuch", "xs.x", "''[0]", "d[1]", "d[nosuch]",
                  "s[nil]", "(1, 2).x", "@any.nosuch", "@any['nosuch']", "@any[99]", "@list|first", "@dict.nosuch.more", "namespace().x"],
    "any": ["@int", "@float", "@str", "@str", "@bool", "nil", "none", "None", "@list", "@dict", "@undefined", "@num", "@cond", "(@any)", "@any|first",
            "@any|last", "@any or @any", "@any and @any", "@any if @cond", "@any if @cond else @any", "@dict.get(@key)", "@dict.get(@str, @any)",
            "@dict[@str]", "@list[@int]", "@any|default(@any)", "deep.a.b.c", "deep['items']", "deep.items", "@any.x", "@any[@any]", "@any|attr(@str)",
            "@any + @any", "@any * @any", "@any - @any", "@any / @any", "@any % @any", "@any // @any", "-@any", "@any|length", "@any|sum", "@any|max",
            "@any|min", "@any|sort", "@any|reverse", "@any|upper", "@any|int", "@any|float", "@any|round", "@any|abs", "@any|trim", "@any|escape",
            "@any|items|list", "@any|dictsort", "@any|join('-')", "@any|unique|list", "@any|replace('a', 'b')", "@any|wordcount", "@any|title",
            "@any.count('a')", "@any.items()", "@any.upper()", "@any.append(1)", "@dict.pop('a')", "@dict.update({})", "@dict.keys()", "@dict.values()",
            "@people|max(attribute='age')", "@people|min(attribute='name')", "@people|sum(attribute='age')", "@people|sum(attribute='nosuch')",
            "@float.is_integer()", "@int.bit_length()", "@any.real", "@any.__class__", "@str.encode()", "@any|nosuchfilter", "@str.format",
            "range(@int)", "@list|map('upper')|join", "loop", "raise_exception(@str)", "@any ** @small", "not @any", "@any|xmlattr", "@any|urlencode",
            "@any|tojson", "@any|batch(2)|list", "@any|format(1)", "@any|filesizeformat", "@any|center(9)", "@any|string|length"],
    "expr": ["@any", "@str", "@int", "@float", "@list", "@cond", "@dict", "@str", "@any"],
    "statement": [
        "{{ @expr }}", "{{ @expr }}", "{{ @expr }}", "{{- @expr -}}", " {%- if @any %}A{% elif @cond %}B{% else %}C{% endif -%} ",
        "{% if @cond %}@body{% endif %}", "{% for x in @list %}@loop{% endfor %}", "{% for x in @list %}@loop{% else %}none{% endfor %}",
        "{% for x in @list if @item %}@loop{% else %}-{% endfor %}", "{% for k, v in @pairs %}{{ k }}={{ v }}@loop{% endfor %}",
        "{% for k, v in @dict.items() %}{{ k }}={{ v }}{{ loop.index }}{% endfor %}", "{% for k in @dict %}{{ k }}@loop{% endfor %}",
        "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for x in @any %}@loop{% endfor %}",
        "{% for g, members in @people|groupby('age') %}{{ g }}:{{ members|map(attribute='name')|join(',') }};{% endfor %}",
        "{% for x in nest recursive %}[{% if x is iterable %}{{ loop(x) }}{% else %}{{ x }}@{{ loop.depth }}/{{ loop.depth0 }}{% endif %}]{% endfor %}",
        "{% set y = @expr %}{{ y }}@body", "{% set y, z = @any, @any %}{{ z }}{{ y }}", "{% set y %}@body{% endset %}{{ y|upper }}",
        "{% set y | trim | upper %} @body {% endset %}<{{ y }}>", "{% set y, z = @pairs[0] %}{{ y }}{{ z }}",
        "{% set n = namespace(y=@any) %}{% for x in @list %}{% set n.y = @item %}{% endfor %}{{ n.y }}",
        "{% set n = namespace(a=1) %}{% set n.b = @any %}{{ n.a }}{{ n.b }}{{ n.c }}", "{% set y = 1 %}{% for x in xs %}{% set y = x %}{{ y }}{% endfor %}{{ y }}",
        "{% set y = 1 %}{% if @cond %}{% set y = @any %}{% endif %}{{ y }}", "{% with y = @any, z = @any %}{{ y }}{{ z }}{% endwith %}{{ y }}",
        "{% macro m(p, q=@any) %}<{{ p }}|{{ q }}@macro>{% endmacro %}{{ m(@any) }}{{ m(@any, @any) }}{{ m(q=@any) }}",
        "{% macro m(p='x', q=p) %}{{ p }}{{ q }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(@any, 2, 3, k=@any) }}",
        "{% macro m(p) %}{{ p }}{% endmacro %}{{ m(@any, @any) }}", "{% macro m() %}{{ varargs|join(',') }}{% endmacro %}{{ m(@any, @any) }}{{ m.name }}{{ m.arguments }}",
        "{% macro m(p) %}{% if p > 0 %}{{ p }}{{ m(p - 1) }}{% endif %}{% endmacro %}{{ m(@small) }}",
        "{% macro m(p) %}({{ caller(p) }}{{ caller() }}){% endmacro %}{% call(a=@any) m(@any) %}{{ a }}@body{% endcall %}",
        "{% macro m() %}({{ caller() }}){% endmacro %}{% call m() %}@body{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(@any)|upper }}{{ m(1) ~ '<' }}{{ [m('&')] }}", "{% set m = 1 %}{% macro k() %}{{ m }}{% endmacro %}{% set m = 2 %}{{ k() }}",
        "{% for x in [1, 2] %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}", "{% filter upper %}@body{% endfilter %}",
        "{% filter replace(@str, @str)|trim %}@body{% endfilter %}", "{% filter indent(2) %}a\nb{% endfilter %}", "{% raw %}{{ x }}{% if %}{% endraw %}",
        "{# comment {{ x }} #}@body", "{% generation %}@body{% endgeneration %}", "{% autoescape true %}{{ @str }}{{ @str|safe }}{{ @str ~ @str }}{% endautoescape %}",
        "{% autoescape false %}{{ @str|e }}{% endautoescape %}", "{% set c = cycler('a', 'b', @any) %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}",
        "{% set j = joiner(@str) %}{{ j() }}a{{ j() }}b", "{% for x in @list %}{% for y in @list %}{{ loop.index }}@loop{% endfor %}{{ loop.index }}{% endfor %}",
        "{% for x in @list %}{% set outer = loop %}{% for y in @list %}{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}",
        "@statement@statement", "@statement\n  @statement\n", "@statement @statement @statement", "{% print(@any) %}", "{% for x in @str %}@loop{% endfor %}",
        "{% include 'x' ignore missing %}", "{% import 'x' as y %}", "{% if @undefined %}@body{% else %}u{% endif %}", "{% for x in @undefined %}@loop{% else %}u{% endfor %}",
        "{{ @expr }}{{ @expr }}", "{% if @any %}@body{% endif %}", "{% if nosuch is defined and nosuch.x %}a{% endif %}@body", "{{ self.x() }}", "{{ varargs }}", "{{ caller }}"],
    "item": ["x", "x is string", "x is odd", "loop.index > 1", "x != @any", "not x", "@cond", "x in @list", "x.name is defined", "loop.first", "x > 1"],
    "loop": ["{{ x }}", "{{ x }},", "{{ loop.index }}", "{{ loop.index0 }}", "{{ loop.revindex }}", "{{ loop.revindex0 }}", "{{ loop.first }}", "{{ loop.last }}",
             "{{ loop.length }}", "{{ loop.previtem }}", "{{ loop.nextitem }}", "{{ loop.previtem is defined }}", "{{ loop.cycle('o', 'e') }}", "{{ loop.changed(x) }}",
             "{{ loop.depth }}", "{% if @item %}{% break %}{% endif %}", "{% if @item %}{% continue %}{% endif %}", "@loop@loop", "@body", "{% if not loop.last %}, {% endif %}",
             "{{ x|string|upper }}", "{{ x.name }}", "{{ x[0] }}", "{% set y = x %}", "{{ y }}", "{{ x if @item }}", "{{ x ~ @any }}", "{{ loop.nosuch }}"],
    "macro": ["", "{{ @expr }}", "{{ y }}", "{{ i }}", "{{ loop }}", "{{ varargs|length }}"],
    "body": ["b", " body\n", "{{ @expr }}", "@statement", "{{ y }}", "<&>", "{{ i }}", ""],
    # White space around tags, line ends, comments, raw, and delimiters in strings: pieces in any order.
    "lexical": ["@piece@piece", "@piece@piece@piece", "@lexical@piece", "@piece\n", "@piece\n\n", "@lexical@lexical"],
    "piece": ["a", " ", "  ", "\n", "\n\n", "\t", "\r\n", "\r", " b ", "\n  ", "  \n", "\x0b", "\u00a0", "\u2028", "{", "}", "{ {", "%}", "}}", "#}", "%", "#", "'", "\"", "\\n", "é",
              "{{ 'x' }}", "{{- 'x' }}", "{{ 'x' -}}", "{{- 'x' -}}", "{{+ 1 }}", "{{ 1 +}}", "{{'x'}}", "{{ '}}' }}", "{{ \"%}\" }}", "{{ '{{' }}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ {} }}",
              "{% if true %}@lexical{% endif %}", "{%- if true -%}@lexical{%- endif -%}", "{%+ if true %}@lexical{%+ endif %}", "{% if true +%}\n@lexical{% endif +%}\n",
              "  {% if true %}\n@lexical  {% endif %}\n", "{%if true%}@lexical{%endif%}", "{% set y = 1 %}\n", "{%- set y = 1 %}\n", "{% set y = 1 -%}\n", "  {%+ set y = 1 %}",
              "{# c #}", "{# c #}\n", "  {# c #}", "{#- c -#}", "{#- c #}", "{# c -#}", "  {#+ c #}\n", "{# c +#}\n", "{##}", "{#-#}", "{# {{ x }} {% y %} #}", "{# multi\nline #}",
              "{% raw %} {{ r }} {% endraw %}", "{%- raw -%} {{ r }} {%- endraw -%}", "{% raw -%}\n {% if %}\n{%- endraw %}\n", "{%+ raw %}\n x {% endraw +%}\n", "{% raw %}\n{% endraw %}\n",
              "{% for x in xs %}@lexical{% endfor %}", "\n  {%- for x in xs %}\n    {{- x }}\n  {%- endfor %}\n", "{%\nif true\n%}@lexical{%\nendif\n%}", "{{\n'x'\n}}\n", "{{ 'a\nb' }}", "{% block b @%}@lexical{% endblock %}"],
    # Templates that are cut off, doubled and mixed: right or wrong, both sides must say the same.
    "whole": ["@statement", "@lexical", "@statement@lexical", "{% block b %}@statement{% endblock %}{{ self.b() }}", "{% block b %}@body{% endblock b %}", "@piece@statement\n"],
}

REFERENCE = re.compile(r"@([a-z]+)")
LEAVES = {name: [rule for rule in rules if not REFERENCE.search(rule)] or rules[:1] for name, rules in GRAMMAR.items()}
SIMPLEST = {"int": "1", "small": "1", "float": "1.5", "num": "1", "str": "'a'", "cond": "true", "bool": "true", "ints": "xs", "strs": "ys",
            "pairs": "pairs", "people": "people", "list": "xs", "dict": "d", "any": "1", "expr": "1", "undefined": "nosuch", "key": "'x'",
            "statement": "", "body": "", "loop": "", "macro": "", "item": "true", "lexical": "", "piece": "", "whole": ""}
# What may stand for what when a tree is reduced.
EXPRESSIONS = {"int", "small", "float", "num", "str", "cond", "bool", "ints", "strs", "pairs", "people", "list", "dict", "any", "expr", "undefined", "item", "key"}


class Tree:
    """A rule that was chosen: its name, and texts and trees in order."""

    def __init__(self, name, parts):
        self.name = name
        self.parts = parts

    def __str__(self):
        return "".join(map(str, self.parts))


def generate(random, name, depth):
    """A random tree of the rule's name, at most so deep (a little deeper where a name has no leaf)."""
    rules = GRAMMAR[name]
    rule = random.choice(LEAVES[name] if depth <= 0 or random.random() < 0.15 else rules)
    parts = []
    for at, piece in enumerate(REFERENCE.split(rule)):
        if at % 2 == 0:
            parts.append(piece)
        elif piece in GRAMMAR:
            parts.append(generate(random, piece, depth - 1))
        else:
            parts.append("@" + piece)
    return Tree(name, parts)


def mutate(random, text):
    """The text with a few characters or spans lost, doubled, or put in."""
    inserts = ["{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "'", "\"", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "~", " ", "\n", "=", "==", "\\", "0", "x",
               "if ", " else ", " in ", " is ", " not ", "and", "%", "@", "!", "?", "$", ";", "\u00e9", "\x00", "1.", "endif", "_"]
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        at, end = random.randrange(len(text) + 1), random.randrange(1, 6)
        kind = random.random()
        if kind < 0.4:
            text = text[:at] + text[at + end:]
        elif kind < 0.8:
            text = text[:at] + random.choice(inserts) + text[at:]
        else:
            text = text[:at] + text[at:at + end] + text[at:]
    return text


def smaller(tree):
    """Trees with one place made simpler, those that lose most first."""
    made = []

    def visit(node, rebuild):
        if node.name in SIMPLEST and str(node) != SIMPLEST[node.name]:
            made.append(rebuild(Tree(node.name, [SIMPLEST[node.name]])))
        kin = EXPRESSIONS if node.name in EXPRESSIONS else {"statement", "body", "loop", "lexical", "piece", "whole", "macro"}
        for below in descend(node):
            if below.name in kin:
                made.append(rebuild(Tree(node.name, below.parts)))
        for at, part in enumerate(node.parts):
            if isinstance(part, Tree):
                visit(part, lambda new, at=at, node=node: rebuild(
                    Tree(node.name, node.parts[:at] + [new] + node.parts[at + 1:])))

    def descend(node):
        for part in node.parts:
            if isinstance(part, Tree):
                yield part
                yield from descend(part)

    visit(tree, lambda new: new)
    length = len(str(tree))
    texts = {}
    for candidate in made:
        text = str(candidate)
        if len(text) < length or (len(text) == length and text < str(tree)):
            texts.setdefault(text, candidate)
    return sorted(texts.values(), key=lambda candidate: len(str(candidate)))
