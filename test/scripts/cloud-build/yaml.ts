/** What cloudbuild.yaml holds, as far as it is asked about. */
export interface BuildFile {
  substitutions: Record<string, string>;
  steps: { id: string; name: string; entrypoint: string; args: string[]; env: string[] }[];
}

/**
 * Reads the YAML that cloudbuild.yaml keeps to: maps and lists by two spaces, values that are JSON or a plain word.
 *
 * @throws {Error} for any other line.
 */
export function readBuildFile(text: string): BuildFile {
  const file: BuildFile = { substitutions: {}, steps: [] };
  let section = '';
  for (const line of text.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const step = file.steps.at(-1);
    const [, indent = '', dash = '', key = '', rest = ''] = /^( *)(- )?(?:(\w+): ?)?(.*)$/.exec(line) ?? [];
    if (indent === '' && dash === '') section = key;
    else if (section === 'substitutions' && indent.length === 2)
      file.substitutions[key] = String(value(rest));
    else if (section === 'steps' && dash !== '' && key === 'id')
      file.steps.push({ id: rest, name: '', entrypoint: '', args: [], env: [] });
    else if (section === 'steps' && dash !== '' && key === '' && step) step.env.push(String(value(rest)));
    else if (section === 'steps' && indent.length === 4 && step)
      Object.assign(step, rest === '' ? {} : { [key]: value(rest) });
    else if (section !== 'options') throw new Error(`cloudbuild.yaml is not understood here: ${line}`);
  }
  return file;
}

function value(text: string): unknown {
  return /^["[]/.test(text) ? JSON.parse(text) : text;
}
