/**
 * Process that reads one large YAML text from stdin and writes it as JSON: the parser's garbage, some 10 kB a row, goes with it. A thread would
 * not do: V8 keeps the pages of a thread that ended (Node 24: 200 MB of 20,000 rows stayed resident).
 */
import { text } from 'node:stream/consumers'
import { readYaml } from './yaml-text.ts'

process.stdout.write(JSON.stringify(readYaml(await text(process.stdin))))
