import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The page takes the font of the system's interface. Here it is Inter, of Debian's package `fonts-inter`. */
const FONT = 'Inter';
const REPLACED = ['system-ui', 'sans-serif', 'sans'];

/** Makes a browser show the same font on every machine; resolves with the variables that it starts with. */
export async function fontSettings(folder: string): Promise<Record<string, string>> {
  const rules = REPLACED.map(
    (family) =>
      `<match><test name="family"><string>${family}</string></test>` +
      `<edit name="family" mode="prepend" binding="strong"><string>${FONT}</string></edit></match>`,
  );
  const file = join(folder, 'fonts.conf');
  await writeFile(
    file,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n` +
      `<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n${rules.join('\n')}\n</fontconfig>\n`,
  );
  return { FONTCONFIG_FILE: file };
}
