// Generates the files of docs/monitoring/ from the tables of alerts and panels: node scripts/monitoring/main.ts
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

for (const [path, text] of Object.entries(generatedFiles()))
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
