/** Writes the files that repeat the code: sample configuration, its schema, the list of errors. tests/generated.test.ts compares them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { adapters } from '../../adapters/index.ts'
import { configSchema } from '../../gateway/config/schema.ts'
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import { ERRORS } from '../../gateway/core/errors.ts'
import { answersJson, readAnswers } from './answers.ts'

interface Node {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Node>>
}

const LINE_WIDTH = 120

/** Every generated file by its path below the repository, as it must be. */
export function generatedFiles(definitions: readonly AdapterDefinition[]): Readonly<Record<string, string>> {
  return {
    'config/gateway.yaml': sampleYaml(definitions),
    'config/schema.json': jsonSchema(definitions),
    'docs/errors.md': errorsPage(),
    'gateway/http/answers.json': answersJson(readAnswers())
  }
}

/** Paths of keys without a description: each key of the sample file says what it does. */
export function undescribed(definitions: readonly AdapterDefinition[]): readonly string[] {
  const walk = (node: Node, path: readonly string[]): readonly string[] =>
    Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
      const here = [...path, key]
      return [...(child.description ? [] : [here.join('.')]), ...walk(child, here)]
    })
  return walk(configSchema(definitions) as Node, [])
}

function sampleYaml(definitions: readonly AdapterDefinition[]): string {
  const schema = configSchema(definitions) as Node
  const lines = [
    '# yaml-language-server: $schema=schema.json',
    '# Every setting of the gateway with its default. Copy what you change into a file of your own; every key may be left out.',
    '# Durations are milliseconds. No password or key stands here: settings that end in File name a file that holds one.'
  ]
  for (const [key, child] of Object.entries(schema.properties ?? {})) lines.push('', ...entry(key, child, ''))
  return `${lines.join('\n')}\n`
}

function entry(key: string, node: Node, indent: string): readonly string[] {
  const comment = `# ${node.description ?? ''}`
  if (node.properties !== undefined) {
    const children = Object.entries(node.properties).flatMap(([name, child]) => entry(name, child, `${indent}  `))
    const empty = children.length === 0 ? ' {}' : ''
    return [`${indent}${comment}`, `${indent}${key}:${empty}`, ...children]
  }
  const line = `${indent}${key}: ${inline(node.default)}`
  if (line.length + comment.length + 1 <= LINE_WIDTH) return [`${line} ${comment}`]
  if (!Array.isArray(node.default)) return [`${indent}${comment}`, line]
  return [`${indent}${comment}`, `${indent}${key}:`, ...node.default.map(item => `${indent}  - ${inline(item)}`)]
}

function inline(value: unknown): string {
  // As the formatter has it: [1], but { a: 1 }.
  const flowCollectionPadding = !Array.isArray(value)
  return stringify(value, { collectionStyle: 'flow', flowCollectionPadding, lineWidth: 0 }).trimEnd()
}

/** For editors: draft 7, nothing required, since every key has a default. */
function jsonSchema(definitions: readonly AdapterDefinition[]): string {
  const schema = configSchema(definitions)
  const json = JSON.stringify(
    { $schema: 'http://json-schema.org/draft-07/schema#', title: 'pingan-gateway', ...schema },
    (key, value: unknown) => (key === 'required' && Array.isArray(value) ? undefined : value),
    2
  )
  return `${json}\n`
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, text }]) => [`\`${code}\``, String(status), text])
  return [
    '# Errors',
    '',
    'Every error that the gateway raises on purpose: the code in an answer, a log line or at a refused start, the HTTP status,',
    'and what it means. Written from `gateway/core/errors.ts` by `node scripts/lib/generated.ts`.',
    '',
    ...markdownTable([['code', 'HTTP', 'meaning'], ...rows]),
    ''
  ].join('\n')
}

/** With padded columns, as the formatter wants them. */
function markdownTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  const [head = '', ...body] = rows.map(row => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`)
  return [head, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...body]
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedFiles(adapters))) {
    writeFileSync(join(import.meta.dirname, '../..', path), text)
  }
}
