// The painter's loop in a real browser: attempts stand in place of the painting, before is a key away, and none is lost.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import widget from "../../src/painter/widget";
import "../../src/page/base.css";
import "../../src/painter/widget.css";
import { Bitmap } from "../../src/pixels/bitmap";
import { crc32, pack } from "../../src/pixels/mask_codec";
import { deflate } from "../deflate";
import { attempt, frame, Hand, key, Model, outputArea, painterTraits, picture, plain, show, until } from "./page";

const [WIDTH, HEIGHT] = [640, 480];

let model: Model;
let el: HTMLElement;
let close: () => void;

beforeEach(async () => {
  model = new Model(await painterTraits(WIDTH, HEIGHT));
  el = outputArea();
  close = await show(widget, model, el);
  await frame();
});

afterEach(() => {
  close();
  document.body.replaceChildren();
});

const stage = () => el.querySelector<HTMLElement>(".bn-stage")!;
const canvas = () => el.querySelector("canvas")!;
const named = (name: string) => el.querySelector<HTMLButtonElement>(`button[aria-label^="${name}"]`)!;
const about = () => el.querySelector(".bn-status")!.textContent;

/** What is seen in the middle of the left half: red, green, blue. */
function seen(): number[] {
  const { width, height } = canvas();
  return [...canvas().getContext("2d")!.getImageData(width * 0.25, height / 2, 1, 1).data.slice(0, 3)];
}

async function red(): Promise<void> {
  model.put("attempts", [attempt("a-0", await plain("#ff0000")), attempt("a-1", await plain("#ffff00"), { seed: 8 })]);
  await until(() => seen()[0] === 255 && seen()[1] === 0);
}

const answer = (id: string, data: DataView) => model.fire("msg:custom", { kind: "attempt", id }, [data]);

describe("an attempt", () => {
  it("stands in place of the painting when it comes, first small, then whole", async () => {
    await red();
    expect(about()).toContain("attempt_seed");
    expect(model.of("attempt").map(({ content }) => content["id"])).toEqual(["a-0"]);
    answer("a-0", await plain("#ff00ff", WIDTH, HEIGHT));
    await until(() => seen()[2] === 255);
  });

  it("has the whole line for what is said of it, where the pointer's place stood", async () => {
    const status = () => el.querySelector(".bn-status")!.getBoundingClientRect().width;
    const painting = status();
    await red();
    expect(status()).toBeGreaterThan(painting + 50);
    named("painting").click();
    await frame();
    expect(status()).toBe(painting);
  });

  it("gives way to the picture before while H is held, without the mask", async () => {
    new Hand(canvas()).drag([[100, 200], [200, 200]]);
    await red();
    key(stage(), "KeyH", "h");
    await frame();
    expect(seen()).toEqual([0, 160, 0]);
    stage().dispatchEvent(new KeyboardEvent("keyup", { code: "KeyH", key: "h", bubbles: true }));
    await until(() => seen()[0] === 255);
  });

  it("that was made of an earlier picture asks for that one", async () => {
    model.put("attempts", [attempt("a-0", await plain("#ff0000"), { ground: 1 })]);
    await until(() => seen()[0] === 255);
    key(stage(), "KeyH", "h");
    await frame();
    expect(model.of("picture").map(({ content }) => content["picture"])).toEqual([1]);
    model.fire("msg:custom", { kind: "picture", picture: 1 }, [await plain("#0000ff", WIDTH, HEIGHT)]);
    await until(() => seen()[2] === 255);
  });

  it("is not painted on: a drag moves it, and a tool goes back to the painting", async () => {
    await red();
    new Hand(canvas()).drag([[100, 100], [160, 100]]);
    expect(model.of("ops")).toEqual([]);
    key(stage(), "KeyB", "b");
    await frame();
    expect(seen()).toEqual([0, 160, 0]);
    new Hand(canvas()).drag([[100, 100], [160, 100]]);
    expect(model.of("ops")).toHaveLength(1);
  });

  it("does not come between a hand and its stroke", async () => {
    const hand = new Hand(canvas());
    hand.fire("pointerdown", 50, 50);
    model.put("attempts", [attempt("a-0", await plain("#ff0000"))]);
    hand.fire("pointermove", 90, 50);
    hand.fire("pointerup", 90, 50);
    await frame();
    expect(model.of("ops")).toHaveLength(1);
    expect(named("a-0").getAttribute("aria-pressed")).toBe("false");
  });

  it("of another shape is shown in its own", async () => {
    model.put("attempts", [attempt("a-0", await plain("#ff0000", 48, 48))]);
    await until(() => seen()[0] === 255);
    const { width, height } = canvas();
    expect(canvas().getContext("2d")!.getImageData(width * 0.02, height / 2, 1, 1).data[3]).toBe(0);
  });
});

describe("the strip", () => {
  it("holds the painting and every attempt, and keys walk through them", async () => {
    await red();
    expect(el.querySelectorAll(".bn-tile")).toHaveLength(3);
    key(stage(), "Period", ".");
    await until(() => seen()[1] === 255);
    key(stage(), "Period", "."); // there is no further one
    key(stage(), "Comma", ",");
    await until(() => seen()[1] === 0);
    key(stage(), "Escape", "Escape");
    await frame();
    expect(seen()).toEqual([0, 160, 0]);
    expect(named("painting").getAttribute("aria-pressed")).toBe("true");
  });

  it("shows nothing by itself that was there when the page was opened", async () => {
    await red();
    const other = outputArea();
    const closeOther = await show(widget, model, other);
    expect(other.querySelectorAll(".bn-tile")).toHaveLength(3);
    expect(other.querySelector('[aria-pressed="true"].bn-tile')!.textContent).toBe("painting");
    closeOther();
  });

  it("asks for what its buttons say", async () => {
    await red();
    const ofAttempt = (name: string) => el.querySelector<HTMLButtonElement>(`.bn-attempt button[aria-label="${name}"]`)!;
    ofAttempt("use").click();
    expect(model.of("use")[0]!.content).toEqual({ kind: "use", id: "a-0" });
    ofAttempt("next").click();
    await frame();
    expect([named("a-1").getAttribute("aria-pressed"), ofAttempt("next").disabled]).toEqual(["true", true]);
    ofAttempt("previous").click();
    await frame();
    expect(named("a-0").getAttribute("aria-pressed")).toBe("true");
    const opened: unknown[] = [];
    vi.spyOn(window, "open").mockImplementation((url, target) => (opened.push(target), expect(String(url)).toMatch(/^blob:/), null));
    ofAttempt("open").click();
    model.fire("msg:custom", { kind: "file", id: "a-0", name: "shop.png", part: 0, parts: 1 }, [await plain("#ff0000")]);
    expect(opened).toEqual(["_blank"]);
    vi.restoreAllMocks();
  });

  it("copies an attempt as code, and shows the code where the browser refuses", async () => {
    await red();
    const copied: string[] = [];
    const copy = vi.spyOn(navigator.clipboard, "writeText").mockImplementation((code) => (copied.push(code), Promise.resolve()));
    const ask = () => {
      el.querySelector<HTMLButtonElement>('.bn-attempt button[aria-label="code"]')!.click();
      model.fire("msg:custom", { kind: "code", id: "a-0", text: "wan.edit()" }, []);
    };
    ask();
    expect(model.of("code")[0]!.content).toEqual({ kind: "code", id: "a-0" });
    await until(() => about().includes("copied"));
    expect(copied).toEqual(["wan.edit()"]);
    copy.mockRejectedValue(new Error("refused"));
    vi.spyOn(document, "execCommand").mockReturnValue(false);
    ask();
    await until(() => el.querySelector(".bn-fault")!.textContent.includes("wan.edit()"));
    vi.restoreAllMocks();
  });

  it("hides what belongs to a tool while an attempt is shown, and tells its seed to the lock", async () => {
    key(stage(), "KeyU", "u");
    const fields = () => [...el.querySelectorAll<HTMLElement>(".bn-box")].filter((row) => row.checkVisibility()).length;
    expect(fields()).toBe(1);
    await red();
    expect(fields()).toBe(0);
    named("seed_lock").click();
    expect(el.querySelector<HTMLInputElement>(".bn-seed")!.value).toBe("7");
    named("seed_free").click();
    expect(el.querySelector<HTMLInputElement>(".bn-seed")!.value).toBe("");
    named("painting").click();
    await frame();
    expect(fields()).toBe(1);
  });

  it("saves the file under its own name, as it came in pieces", async () => {
    await red();
    const saved: { name: string; text: string }[] = [];
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => (blobs.push(blob as Blob), "blob:x"));
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, text: "" });
    });
    named("download").click();
    const piece = (part: number, content: string) =>
      model.fire("msg:custom", { kind: "file", id: "a-0", name: "shop.png", part, parts: 2 }, [new DataView(new TextEncoder().encode(content).buffer)]);
    piece(0, "one ");
    expect(saved).toEqual([]);
    piece(1, "two");
    expect(saved.map(({ name }) => name)).toEqual(["shop.png"]);
    expect(await blobs[0]!.text()).toBe("one two");
    click.mockRestore();
    vi.restoreAllMocks();
  });
});

describe("a new picture", () => {
  it("is painted on blank, and strokes name it", async () => {
    await red();
    model.put("preview", { data: new DataView(await picture(WIDTH, HEIGHT)), reduced: false });
    model.put("pictures", { at: 1, attempts: ["", "a-0"] });
    await frame();
    expect(named("painting").getAttribute("aria-pressed")).toBe("true");
    new Hand(canvas()).drag([[100, 100]]);
    expect(model.of("ops")[0]!.content["picture"]).toBe(1);
    named("back").click();
    expect(model.of("turn")[0]!.content).toEqual({ kind: "turn", picture: 0 });
    expect(named("forward").disabled).toBe(true);
  });

  it("of another size brings a mask of its own size", async () => {
    const packed = pack(new Bitmap(320, 320));
    model.putAll({
      shown: { ...(model.get("shown") as object), seq: 4, crc: crc32(packed), bitmap: new DataView((await deflate(packed)).buffer) },
      preview: { data: await plain("#ff0000", 320, 320), reduced: false },
      pictures: { at: 1, attempts: ["", "a-0"] },
      size: [320, 320],
    });
    await until(() => seen()[0] === 255);
    expect(el.querySelectorAll(".bn-painter")).toHaveLength(1);
    const rect = canvas().getBoundingClientRect();
    new Hand(canvas()).drag([[rect.width / 2, rect.height / 2]]);
    const { content } = model.of("ops")[0]!;
    expect(content["seq"]).toBe(5);
    const [[x, y]] = (content["op"] as { points: [[number, number]] }).points;
    expect([Math.round(x / 4), Math.round(y / 4)]).toEqual([40, 40]);
  });
});

describe("Run", () => {
  const run = () => named("Run");
  const line = () => el.querySelector(".bn-line")!.textContent;

  it("is off and says why, and what it costs stands beside it", async () => {
    const input = el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!;
    expect([run().disabled, line()]).toEqual([true, "no_mask"]);
    new Hand(canvas()).drag([[100, 100]]);
    await frame();
    expect([run().disabled, line()]).toEqual([true, "no_prompt"]);
    input.value = "a hat";
    input.dispatchEvent(new Event("input"));
    expect([run().disabled, line()]).toEqual([false, ""]);
    expect(el.querySelector(".bn-price")!.textContent).toBe("CNY 0.14");
    const n = el.querySelector("select")!;
    n.value = "2";
    n.dispatchEvent(new Event("change"));
    expect(el.querySelector(".bn-price")!.textContent).toBe("CNY 0.28");
    run().click();
    expect(model.of("run")[0]!.content).toEqual({ kind: "run", prompt: "a hat", n: 2, seed: null });
  });

  it("pressed twice is one call, and works again once Python has answered", () => {
    const input = el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!;
    new Hand(canvas()).drag([[100, 100]]);
    input.value = "a hat";
    input.dispatchEvent(new Event("input"));
    key(input, "Enter", "Enter");
    key(input, "Enter", "Enter");
    run().click();
    expect(model.of("run")).toHaveLength(1);
    model.put("run", { ...(model.get("run") as object), state: "failed", line: "no key", answered: 1 });
    run().click();
    expect(model.of("run")).toHaveLength(2);
  });

  it("has a field for what is not to be shown, where the model takes one, and sends it", async () => {
    const area = outputArea();
    const offer = { prices: ["CNY 0.20"], negative_prompt: true, given: { n: 1, seed: 5, negative_prompt: "people" } };
    const other = new Model({ ...(await painterTraits(WIDTH, HEIGHT, [{ op: "rect", box: [0, 0, 50, 50], erase: false }])), offer });
    const closeOther = await show(widget, other, area);
    await until(() => area.querySelector(".bn-line")!.textContent === "no_prompt");
    const field = (name: string) => area.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`)!;
    field("prompt").value = "a hat";
    field("prompt").dispatchEvent(new Event("input"));
    expect(field("negative_prompt").value).toBe("people");
    field("negative_prompt").value = "people, cats";
    key(field("negative_prompt"), "Enter", "Enter");
    expect(other.of("run")[0]!.content).toEqual({ kind: "run", prompt: "a hat", n: 1, seed: 5, negative_prompt: "people, cats" });
    closeOther();
  });

  it("offers what was asked for before", () => {
    el.querySelector<HTMLInputElement>(".bn-prompt input[type=text]")!.focus();
    expect(model.of("recent")).toHaveLength(1);
    model.fire("msg:custom", { kind: "recent", prompts: ["a scarf", "a hat"] }, []);
    expect([...el.querySelectorAll("datalist option")].map((each) => (each as HTMLOptionElement).value)).toEqual(["a scarf", "a hat"]);
  });
});
