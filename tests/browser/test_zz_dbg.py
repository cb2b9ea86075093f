from .test_painter import SETUP, Hand
def test_dbg(start_server, open_notebook):
    page = open_notebook(start_server("notebook"), [SETUP, "'below'"])
    page.run_cell(0)
    hand = Hand(page)
    page.page.evaluate("""() => { window.log=[]; for (const t of ['focusin','focusout','pointerdown','mousedown']) document.addEventListener(t, e => window.log.push(t+' '+(e.target.className||e.target.tagName)+' <- '+(e.relatedTarget?.className??'')), true);
      const f=HTMLElement.prototype.focus; HTMLElement.prototype.focus=function(...a){ window.log.push('FOCUS '+this.className+' '+new Error().stack.split('\\n').slice(2,7).join(' | ').replace(/http\\S+static/g,'')); return f.apply(this,a)} }""")
    hand.drag((100, 100))
    page.page.wait_for_timeout(500)
    print("\n".join(page.page.evaluate("window.log")))
    print("ACTIVE", page.page.evaluate("document.activeElement.className"))
    for k in ("x","Shift+v"): page.page.keyboard.press(k)
    page.page.wait_for_timeout(800)
    print("\n".join(page.page.evaluate("window.log")))
    print(page.execute("print(painter.ops)"))
    assert 0
