/** Tokens of a document, by its pages (Anthropic, "PDF support": what a page costs as text and as a picture). */

/** Text of 1,500 to 3,000 tokens on most pages, of which suppliers that look at the page count no more. */
const TOKENS_PER_PAGE = 2_500;

/** What nobody has looked at is taken for a short paper of ten pages. */
export const TOKENS_PER_UNSEEN_DOCUMENT = 10 * TOKENS_PER_PAGE;

/** Bytes of a page where pages cannot be told apart: in newer files their list is compressed. */
const BYTES_PER_PAGE = 50_000;

/** No page is told in less: its entry, its place in the table and a content that shows something. Marks alone are no pages. */
const BYTES_PER_PAGE_MIN = 250;

/** A document of more is taken by nobody. */
const PAGES_MAX = 600;

/** As much as is looked through; pages of what follows are reckoned from it. Whole groups of base64. */
const LOOKED_THROUGH_CHARS = 2_097_152;

/** A page's own entry, and not that of the tree of pages (ISO 32000-2 §7.7.3.3). */
const PAGE = /\/Type\s{0,8}\/Page(?![A-Za-z])/g;

/** `data` is the file in base64. */
export function documentTokens(data: string): number {
  return TOKENS_PER_PAGE * pagesOf(data);
}

function pagesOf(data: string): number {
  const head = Buffer.from(data.slice(0, LOOKED_THROUGH_CHARS), "base64").toString("latin1");
  const seen = head.match(PAGE)?.length ?? 0;
  const bytes = (data.length * 3) / 4;
  const pages = seen > 0 ? seen * Math.max(1, data.length / LOOKED_THROUGH_CHARS) : bytes / BYTES_PER_PAGE;
  return Math.max(1, Math.ceil(Math.min(pages, bytes / BYTES_PER_PAGE_MIN, PAGES_MAX)));
}
