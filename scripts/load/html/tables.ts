import { escapeHtml } from './escape.ts';

/** A table whose first column names the rows. @param caption Read out, and not shown. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heads.map((each) => `<th scope="col">${escapeHtml(each)}</th>`).join('');
  const body = rows
    .map(([first = '', ...rest]) => {
      const cells = rest.map((each) => `<td>${escapeHtml(each)}</td>`).join('');
      return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
    })
    .join('');
  const name = escapeHtml(caption);
  // A table that is too wide scrolls by itself; by keyboard, too.
  return `<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table aria-label="${name}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
