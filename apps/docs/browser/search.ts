/** The search over the whole site, as it runs in a page. The index is loaded when it is first wanted; nothing to read needs it. */
import MiniSearch, { type Options, type SearchResult } from "minisearch";

/** What the index has of each find (`src/search/index.ts`). */
interface Find {
  readonly kind: string;
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
}

interface Stored {
  readonly options: Options<Find>;
  readonly index: Parameters<typeof MiniSearch.loadJS<Find>>[0];
}

const ROOT = new URL(".", import.meta.url);
const SHOWN_MAX = 12;

let loading: Promise<MiniSearch<Find>> | undefined;

async function load(): Promise<MiniSearch<Find>> {
  const answer = await fetch(new URL("search.json", ROOT));
  const { options, index } = (await answer.json()) as Stored;
  return MiniSearch.loadJS(index, options);
}

type Attributes = Readonly<Record<string, string>>;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...inner: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...inner);
  return made;
}

const input = element("input", {
  type: "search",
  placeholder: "Search guides, operations and decisions",
  autocomplete: "off",
  spellcheck: "false",
  enterkeyhint: "go",
  role: "combobox",
  "aria-label": "Search the documentation",
  "aria-controls": "found",
  "aria-expanded": "true",
  "aria-autocomplete": "list",
});
const list = element("ul", { id: "found", role: "listbox", "aria-label": "What was found" });
const hint = element("p", { "aria-live": "polite" });
const finder = element("dialog", { class: "finder", "aria-label": "Search" }, input, list, hint);
document.body.append(finder);

let chosen = 0;

function entryOf(found: SearchResult & Partial<Find>, index: number): HTMLLIElement {
  const { kind = "", title = "", heading = "", lead = "" } = found;
  const page = title.replace(/ · Interchange$/, "");
  const isSection = heading !== "" && !kind.includes("/");
  const link = element(
    "a",
    { href: new URL(String(found.id), ROOT).href, tabindex: "-1" },
    element("strong", {}, heading || page),
    element("small", {}, isSection ? `${kind} · ${page}` : kind),
    element("span", {}, lead),
  );
  return element("li", { id: `found-${index}`, role: "option" }, link);
}

function choose(index: number): void {
  const items = [...list.children];
  chosen = items.length === 0 ? 0 : (index + items.length) % items.length;
  for (const [at, item] of items.entries()) item.setAttribute("aria-selected", String(at === chosen));
  const item = items[chosen];
  if (item === undefined) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

async function find(): Promise<void> {
  const wanted = input.value.trim();
  try {
    loading ??= load();
    const index = await loading;
    // Whoever writes on is answered to the last word alone.
    if (wanted !== input.value.trim()) return;
    const found = wanted === "" ? [] : index.search(wanted).slice(0, SHOWN_MAX);
    list.replaceChildren(...found.map(entryOf));
    choose(0);
    tell(wanted === "" || found.length > 0 ? undefined : `Nothing is found for “${wanted}”.`);
  } catch {
    loading = undefined;
    tell("The index cannot be loaded just now.");
  }
}

const HINTS: readonly (readonly [key: string, word: string])[] = [
  ["↑↓", "choose"],
  ["↵", "open"],
  ["esc", "close"],
];

function tell(sentence?: string): void {
  if (sentence !== undefined) return hint.replaceChildren(sentence);
  hint.replaceChildren(...HINTS.map(([key, word]) => element("span", {}, element("kbd", {}, key), ` ${word}`)));
}

function open(): void {
  if (finder.open) return;
  finder.showModal();
  input.select();
  tell();
  void find();
}

function follow(): void {
  const link = list.children[chosen]?.querySelector("a");
  if (!link) return;
  finder.close();
  link.click();
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Enter: follow,
};

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

input.addEventListener("input", () => void find());
input.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
finder.addEventListener("click", ({ target }) => {
  if (target === finder || (target instanceof Element && target.closest("a") !== null)) finder.close();
});
document.addEventListener("keydown", (event) => {
  const isMeant = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isMeant || isWriting(event.target)) return;
  event.preventDefault();
  open();
});
for (const button of document.querySelectorAll<HTMLElement>("[data-search]")) {
  button.hidden = false;
  button.addEventListener("click", open);
}
