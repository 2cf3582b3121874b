/**
 * Process that looks at one grid file: a line of options, then the file itself on stdin; on stdout a line with the report, then a line for each
 * cell. Clipping thousands of polygons takes seconds, and a file made to be slow takes longer: nobody but this process waits for it.
 */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { lookAt } from './look.ts'
import type { ReadOptions } from './read.ts'

const all = await text(process.stdin)
const end = all.indexOf('\n')
const { report, cells } = lookAt(all.slice(end + 1), JSON.parse(all.slice(0, end)) as ReadOptions)
process.stdout.write(`${JSON.stringify(report)}\n`)
for (const cell of cells) {
  if (!process.stdout.write(`${JSON.stringify(cell)}\n`)) await once(process.stdout, 'drain')
}
