/** The table of categories 类别/类型/细类: the one that is shipped, or the municipality's own file; every fault of it is told at once. */
import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import { Errors } from 'typebox/value'
import { parse } from 'yaml'
import { GatewayError } from '../core/errors.ts'
import { type Category, type CategoryRow, EMERGENCIES } from '../core/feedback.ts'
import { fileText } from '../core/file-text.ts'
import { DISPOSITIONS, type Disposition, NATURES, type Nature } from '../core/incident.ts'
import { SHIPPED_CATEGORIES } from './shipped-categories.ts'

export interface Categories {
  readonly rows: readonly CategoryRow[]
  /** With the names of its parents. */
  of(code: string): Category | undefined
  natureOf(code: string): Nature | undefined
  forNature(nature: Nature): Category | undefined
  forDisposition(disposition: Disposition): Category | undefined
}

const Name = Type.String({ minLength: 1, maxLength: 40 })
const TABLE = Type.Array(
  Type.Object(
    {
      code: Type.String({ pattern: '^[1-9]{1,3}$' }),
      zh: Name,
      en: Name,
      nature: Type.Optional(Type.Enum([...NATURES])),
      emergency: Type.Optional(Type.Enum([...EMERGENCIES])),
      dispositions: Type.Optional(Type.Array(Type.Enum([...DISPOSITIONS]), { maxItems: DISPOSITIONS.length }))
    },
    { additionalProperties: false }
  ),
  { minItems: 1, maxItems: 819 }
)

/** An empty name: the shipped table. Throws CONFIG_INVALID. */
export async function loadCategories(file: string): Promise<Categories> {
  if (file === '') return createCategories(SHIPPED_CATEGORIES)
  const wrong = (faults: string, cause?: unknown) => new GatewayError('CONFIG_INVALID', { file, faults }, { cause })
  let table: unknown
  try {
    table = parse(fileText(await readFile(file)))
  } catch (error) {
    throw wrong(`cannot be read: ${(error as Error).message}`, error)
  }
  if (!Array.isArray(table))
    throw wrong('holds no list of categories; it wants rows such as those of config/categories.yaml')
  const shape = Errors(TABLE, table).map(fault => `${fault.instancePath || '/'}: ${fault.message}`)
  if (shape.length > 0) throw wrong(shape.slice(0, 50).join('\n'))
  const rows = table as readonly CategoryRow[]
  const faults = faultsOf(rows)
  if (faults.length > 0) throw wrong(faults.slice(0, 50).join('\n'))
  return createCategories(rows)
}

/** What a schema cannot say. */
export function faultsOf(rows: readonly CategoryRow[]): readonly string[] {
  const codes = new Set(rows.map(row => row.code))
  const ended = rows.flatMap(row => row.dispositions ?? [])
  return [
    ...rows.flatMap(({ code }, n) => (rows.findIndex(row => row.code === code) < n ? [`${code} stands twice`] : [])),
    ...rows.flatMap(({ code }) =>
      code.length > 1 && !codes.has(code.slice(0, -1)) ? [`${code} has no parent ${code.slice(0, -1)}`] : []
    ),
    ...rows.flatMap(({ code, nature }) =>
      (code.length === 1) === (nature === undefined) ? [`${code}: one digit has a nature, and nothing else has`] : []
    ),
    ...ended.flatMap((each, n) => (ended.indexOf(each) < n ? [`${each} is filed under two rows`] : []))
  ]
}

export function createCategories(rows: readonly CategoryRow[]): Categories {
  const byCode = new Map(rows.map(row => [row.code, row]))
  const of = (code: string): Category | undefined => {
    if (!byCode.has(code)) return undefined
    const path = Array.from(code, (_, n) => byCode.get(code.slice(0, n + 1))).filter(row => row !== undefined)
    return { code, zh: path.map(row => row.zh).join(' · '), en: path.map(row => row.en).join(' · ') }
  }
  const first = (wanted: (row: CategoryRow) => boolean) => {
    const row = rows.find(wanted)
    return row && of(row.code)
  }
  return {
    rows,
    of,
    natureOf: code => byCode.get(code.slice(0, 1))?.nature,
    forNature: nature => first(row => row.nature === nature),
    forDisposition: disposition => first(row => row.dispositions?.includes(disposition) === true)
  }
}
