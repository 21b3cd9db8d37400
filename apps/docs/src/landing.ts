/** The first page: what this is, the same question on both surfaces, and where to read on. */
import { escapeHtml, inlineOf } from "./article.ts";
import type { Contents } from "./page.ts";

export function landingOf({ references, guides, decisions }: Contents): string {
  return `
<section class="hero">
<h1>One market for inference, behind the API you already use.</h1>
<p>Name a service level instead of a model. Interchange finds the cheapest supplier that clears its bar, holds the
tokens, and sends your own client straight there with a <code>307</code>. Nothing runs, and nothing is charged, until
it follows.</p>
</section>
<section class="pair" aria-label="The same question on both surfaces">
${callOf("Chat Completions", CHAT)}
${callOf("Messages", MESSAGES)}
</section>
<p class="aside">Same key, same instrument, same engine: only the format differs.</p>
<section><h2 id="guides">Guides</h2>${cardsOf(guides.map((each) => ({ ...each, to: `guides/${each.slug}.html` })))}</section>
<section><h2 id="reference">Reference</h2>${cardsOf(references.map((each) => ({ ...each, to: `${each.name}.html` })))}</section>
<section><h2 id="decisions">Decisions</h2><ul class="decisions">${decisions
    .map(
      ({ slug, title, date = "", summary }) =>
        `<li><time datetime="${date}">${date}</time><a href="decisions/${slug}.html">${escapeHtml(title)}</a><span>${escapeHtml(summary)}</span></li>`,
    )
    .join("")}</ul></section>`;
}

const CHAT = `curl -L \\
  http://localhost:4000/v1/chat/completions \\
  -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "text-prime",
    "messages": [{
      "role": "user",
      "content": "What is a lot?"
    }]
  }'`;

const MESSAGES = `curl -L \\
  http://localhost:4000/v1/messages \\
  -H "x-api-key: $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "text-prime", "max_tokens": 256,
    "messages": [{
      "role": "user",
      "content": "What is a lot?"
    }]
  }'`;

function callOf(title: string, text: string): string {
  return `<figure><figcaption>${title}</figcaption><pre><code>${escapeHtml(text)}</code></pre></figure>`;
}

function cardsOf(cards: readonly { to: string; title: string; summary: string }[]): string {
  const items = cards.map(
    ({ to, title, summary }) =>
      `<li><a href="${to}"><strong>${escapeHtml(title)}</strong><span>${inlineOf(summary)}</span></a></li>`,
  );
  return `<ul class="cards">${items.join("")}</ul>`;
}
