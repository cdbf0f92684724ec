"""What the page's modules become when they are served, and which are refused: they would become something else."""

import re
from pathlib import Path

import pytest

from edge_csms.web.page_files import ROOT
from edge_csms.web.page_linking import FIRST, LATER, LinkError, link

PAGE = {path.relative_to(ROOT).as_posix(): path for path in ROOT.rglob("*.js")}


def linked(directory: Path, modules: dict[str, str]) -> dict[str, str]:
    files = {name: directory / name for name in modules}
    for name, text in modules.items():
        files[name].parent.mkdir(parents=True, exist_ok=True)
        files[name].write_text(text)
    return link(files)


def first(directory: Path, text: str, **others: str) -> str:
    return linked(directory, {FIRST: text, **{f"{name}.js": other for name, other in others.items()}})[FIRST]


def test_every_module_of_the_page_is_in_one_of_the_scripts() -> None:
    texts = link(PAGE)
    made = [name for text in texts.values() for name in re.findall(r'^\$modules\["(.+)"\] = ', text, re.MULTILINE)]
    assert sorted(made) == sorted(PAGE.keys() - {"vendor/uplot/uPlot.iife.min.js"})
    assert made.index("lib/preact.js") < made.index("lib/store.js") < made.index("app.js") < made.index("main.js")


def test_what_is_imported_is_made_before_and_given_by_name(tmp_path: Path) -> None:
    text = first(
        tmp_path, 'import { a, b as c } from "./one.js";\na(c);\n', one="export const a = 1;\nexport const b = 2;\n"
    )
    assert text.endswith(
        '$modules["one.js"] = (() => {\nconst a = 1;\nconst b = 2;\nreturn { a, b };\n})();\n'
        '$modules["main.js"] = (() => {\nconst { a, b: c } = $modules["one.js"];\na(c);\nreturn {  };\n})();\n'
    )


def test_functions_and_classes_are_given_and_what_a_module_passes_on(tmp_path: Path) -> None:
    one = "export function a() {}\nexport async function b() {}\nexport class C extends D {}\nexport class E {}\n"
    many = 'export * from "./one.js";\nexport { f } from "./two.js";\n'
    text = first(tmp_path, 'import { a, f } from "./many.js";\n', one=one, many=many, two="export const f = 1;\n")
    assert "return { a, b, C, E };" in text
    assert 'const { f } = $modules["two.js"];\nreturn { f, ...$modules["one.js"] };' in text


def test_what_is_imported_later_is_in_the_second_script(tmp_path: Path) -> None:
    later = 'import { b } from "../b.js";\nexport const A = () => import("./c.js");\n'
    modules = {
        FIRST: 'const view = async () => (await import("./views/a.js")).A;\n',
        "views/a.js": later,
        "views/c.js": "export const c = 1;\n",
        "b.js": "export const b = 1;\n",
    }
    texts = linked(tmp_path, modules)
    assert '(await $open("views/a.js")).A' in texts[FIRST]
    assert re.findall(r'^\$modules\["(.+)"\] = ', texts[LATER], re.MULTILINE) == ["b.js", "views/a.js", "views/c.js"]
    assert '() => $open("views/c.js")' in texts[LATER]


def test_the_second_script_takes_only_the_first_one_that_it_was_made_with(tmp_path: Path) -> None:
    stamps = []
    for text in ("const a = 1;\n", "const a = 2;\n"):
        texts = linked(tmp_path, {FIRST: text})
        (made,) = re.findall(r'\$stamp = "(\w+)"', texts[FIRST])
        assert f'if ($stamp !== "{made}") throw ' in texts[LATER]
        stamps.append(made)
    assert stamps[0] != stamps[1]


def test_comments_are_left_out(tmp_path: Path) -> None:
    text = first(
        tmp_path, "// What it is.\n\nconst a = 1; // why\n  // in it: `\n/** it's *\n * one ** */\nconst b = 2;\n"
    )
    assert "//" not in text.split("$modules[")[-1]
    assert re.sub(r"\s+", " ", text).endswith("(() => { const a = 1; const b = 2; return { }; })(); ")


@pytest.mark.parametrize(
    "line",
    [
        """const a = "// no 'comment'" + '/* "nor */ this' + "\\\\\\"//";""",
        "const a = `// no comment ${b({ c: `// nor ${d}` })} // nor this`;",
        'const a = `\n// nor this\nimport { a } from "./b.js";\nimport("./b.js") \\` \\${ $ {`;',
        "const a = text.replace(/\\/\\/[/\"'`]$/g, `}`).split(/[/]/);",
        "const a = (b / 2 + c) / 3; const d = `}` / 4;",
        "const a = { important: 1, reexport: 2, exports: async () => await b };",
    ],
)
def test_texts_and_expressions_stay_as_they_are(tmp_path: Path, line: str) -> None:
    assert f"(() => {{\n{line}\nreturn" in first(tmp_path, f"{line}\n// a comment\n")


@pytest.mark.parametrize(
    "line",
    [
        "export let a = 1;",
        "export default 1;",
        "export { a };",
        "export const { a } = b;",
        'import "./a.js";',
        'import * as a from "./a.js";',
        'import { a } from "a";',
        "const a = import(b);",
        "const a = import.meta.url;",
        "await a();",
        "const a = b /2;",
        'const a = "b',
        "const $modules = 1;",
        "const a = b}",
        "const a = `b ${c",
    ],
)
def test_what_is_written_in_another_way_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(LinkError, match=f"main.js, line 3: .*: {re.escape(line)}$"):
        first(tmp_path, f"// What it is.\n\n{line}\n", a="export const a = 1;\n")


def test_modules_that_take_from_each_other_are_refused(tmp_path: Path) -> None:
    ring = {"a": 'import { b } from "./b.js";\nexport const a = 1;\n', "b": 'export * from "./a.js";\n'}
    with pytest.raises(LinkError, match=r"main\.js takes from a\.js takes from b\.js takes from a\.js"):
        first(tmp_path, 'import { a } from "./a.js";\n', **ring)


def test_what_nobody_gives_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=r"main\.js takes from b\.js, which is not there"):
        first(tmp_path, 'import { a } from "./b.js";\n')
    with pytest.raises(LinkError, match=r"main\.js takes from b\.js, which is not there"):
        first(tmp_path, 'const a = () => import("./b.js");\n')
    with pytest.raises(LinkError, match=r"main\.js takes c from b\.js, which does not give it"):
        first(tmp_path, 'import { a, c } from "./b.js";\n', b="export const a = 1;\n")


def test_a_library_becomes_a_function_too_and_names_its_licence(tmp_path: Path) -> None:
    libraries = {
        "vendor/a/one.js": "var x=1;export{x as A,x as $b};\n//# sourceMappingURL=one.js.map\n",
        "vendor/a/two.js": 'import{A as n}from"./one.js";var t=n;export default function(){return t}\n',
    }
    texts = linked(tmp_path, {FIRST: 'import two from "./vendor/a/two.js";\ntwo();\n', **libraries})
    assert "// Its licence: vendor/a/LICENSE\nvar x=1;\nreturn { A: x, $b: x };" in texts[FIRST]
    assert (
        'const { A: n } = $modules["vendor/a/one.js"];var t=n;\nreturn { default: function(){return t} };'
        in texts[FIRST]
    )
    assert 'const { default: two } = $modules["vendor/a/two.js"];' in texts[FIRST]


def test_a_library_of_another_form_is_refused(tmp_path: Path) -> None:
    for text in ("export default 1", "export{a};export{b};", 'import*as n from"./two.js";export{n as a};'):
        with pytest.raises(LinkError, match=r"vendor/a/one\.js: "):
            linked(tmp_path, {FIRST: 'import a from "./vendor/a/one.js";\n', "vendor/a/one.js": text})
