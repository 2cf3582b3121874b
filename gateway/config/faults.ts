/** Finds every fault of a configuration at once and says of each: the key, the value given, what is allowed. */
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'

/** One fault; `path` are the keys from the top. */
export interface Fault {
  readonly path: readonly string[]
  readonly text: string
}

/** The parts of JSON Schema that settings use. */
interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly Shape[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
}

/** All faults of `value`, which must have had its defaults filled in. */
export function findFaults(schema: TSchema, value: unknown, path: readonly string[] = []): readonly Fault[] {
  const shape = schema as Shape
  if (shape.properties !== undefined && isRecord(value)) return sectionFaults(schema, shape.properties, value, path)
  if (shape.items !== undefined && Array.isArray(value)) {
    const { items } = shape
    const faults = value.flatMap((item, i) => findFaults(items, item, [...path, String(i)]))
    if (faults.length > 0) return faults
  }
  return Check(schema, value) ? [] : [wrong(schema, value, path)]
}

function sectionFaults(
  schema: TSchema,
  properties: Readonly<Record<string, TSchema>>,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[]
): readonly Fault[] {
  const faults: Fault[] = []
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(properties, key)) faults.push(unknownKey(key, Object.keys(properties), path))
  }
  for (const [key, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, key)) faults.push(...findFaults(property, value[key], [...path, key]))
  }
  // What the walk above cannot see, e.g. a required key without a default.
  if (faults.length === 0 && !Check(schema, value)) faults.push(wrong(schema, value, path))
  return faults
}

function wrong(schema: TSchema, value: unknown, path: readonly string[]): Fault {
  return { path, text: `${path.join('.') || 'the file'} is ${shown(value, path)}; allowed: ${allowed(schema)}` }
}

function unknownKey(key: string, known: readonly string[], path: readonly string[]): Fault {
  const near = nearest(key, known)
  const hint = near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean ${near}?`
  return { path: [...path, key], text: `${[...path, key].join('.')} is no setting; ${hint}` }
}

const SECRET = /passw|secret|token|credential/i

/** The value as JSON, shortened; never what looks like a secret. */
function shown(value: unknown, path: readonly string[]): string {
  if (value === undefined) return 'missing'
  if (SECRET.test(path.at(-1) ?? '')) return 'hidden here'
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 80 ? `${json.slice(0, 79)}…` : json
}

/** What a schema allows, in words. */
export function allowed(schema: TSchema): string {
  const shape = schema as Shape
  if (shape.anyOf !== undefined) return `one of ${shape.anyOf.map(each => allowed(each as TSchema)).join(', ')}`
  if ('const' in shape) return JSON.stringify(shape.const)
  switch (shape.type) {
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${range(shape.minimum, shape.maximum)}`
    case 'number':
      return `a number${range(shape.minimum, shape.maximum)}`
    case 'string':
      return `text${lengths(shape)}${shape.pattern === undefined ? '' : ` matching ${shape.pattern}`}`
    case 'array':
      return `a list${range(shape.minItems, shape.maxItems, ' entries')}${shape.items === undefined ? '' : ` of ${allowed(shape.items)}`}`
    case 'object':
      return `a section with the keys ${Object.keys(shape.properties ?? {}).join(', ')}`
    default:
      return 'see config/schema.json'
  }
}

function range(from: number | undefined, to: number | undefined, unit = ''): string {
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}${unit}`
  if (from !== undefined) return ` from ${from}${unit}`
  return to === undefined ? '' : ` up to ${to}${unit}`
}

function lengths(shape: Shape): string {
  if (shape.minLength === undefined && shape.maxLength === undefined) return ''
  return ` of ${shape.minLength ?? 0} to ${shape.maxLength ?? 'any number of'} characters`
}

/** The known key that a slip of the finger turns into `key`: at most two edits, and at most half of its length. */
function nearest(key: string, known: readonly string[]): string | undefined {
  let best: { name: string; edits: number } | undefined
  for (const name of known) {
    const edits = distance(key.toLowerCase(), name.toLowerCase())
    if (edits <= Math.max(1, Math.min(2, name.length / 2)) && (best === undefined || edits < best.edits))
      best = { name, edits }
  }
  return best?.name
}

/** Levenshtein distance over two rows; keys longer than 64 characters resemble nothing. */
function distance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
