/** JSON Schemas of TypeScript types, read by the compiler's own checker: what a route answers is described by the type it returns. */
import {
  type Checker,
  ObjectFlags,
  type Symbol as Sign,
  SymbolFlags,
  type Type,
  TypeFlags
} from 'typescript/unstable/sync'

export type Schema = Readonly<Record<string, unknown>>

export interface Schemas {
  of(type: Type): Schema
  /** Of every named type that was met, by name. */
  all(): Readonly<Record<string, Schema>>
}

const PLACE = '#/components/schemas/'
const PLAIN: readonly (readonly [TypeFlags, Schema])[] = [
  [TypeFlags.StringLike, { type: 'string' }],
  [TypeFlags.NumberLike, { type: 'number' }],
  [TypeFlags.BooleanLike, { type: 'boolean' }],
  [TypeFlags.Null, { type: 'null' }]
]

export function createSchemas(checker: Checker): Schemas {
  const named = new Map<string, { readonly key: string; schema: Schema }>()

  const of = (type: Type): Schema => {
    const { flags } = type
    if (flags & (TypeFlags.Any | TypeFlags.Unknown)) return {}
    if (type.isBooleanLiteralType()) return { const: checker.typeToString(type) === 'true' }
    if (type.isLiteralType()) return { const: type.value }
    // A branded id is plain text on the wire.
    if (type.isIntersectionType() && type.getTypes().some(each => each.flags & TypeFlags.String))
      return { type: 'string' }
    const plain = PLAIN.find(([flag]) => flags & flag && !(flags & TypeFlags.Union))
    if (plain) return plain[1]
    const name = nameOf(type)
    if (name === undefined) return structure(type)
    const key = keyOf(type)
    // Rooms may each have a `CameraLine` of their own.
    let place = name
    for (let n = 2; named.has(place) && named.get(place)?.key !== key; n++) place = `${name}${n}`
    if (!named.has(place)) {
      const kept = { key, schema: {} as Schema }
      named.set(place, kept)
      const description = descriptionOf(type.getAliasSymbol() ?? type.getSymbol())
      kept.schema = { ...description, ...structure(type) }
    }
    return { $ref: PLACE + place }
  }

  const structure = (type: Type): Schema => {
    if (type.isUnionType()) return union(type.getTypes())
    if (checker.isTupleType(type) && type.isTypeReference()) {
      const items = checker.getTypeArguments(type).map(of)
      return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length }
    }
    if (checker.isArrayType(type) && type.isTypeReference()) {
      const [item] = checker.getTypeArguments(type)
      return { type: 'array', items: item ? of(item) : {} }
    }
    return object(type)
  }

  /** Undefined is no JSON: the property is absent. */
  const union = (types: readonly Type[]): Schema => {
    const told = types.filter(each => !(each.flags & (TypeFlags.Undefined | TypeFlags.Void)))
    const both = told.filter(each => each.isBooleanLiteralType()).length === 2
    const rest = both ? told.filter(each => !each.isBooleanLiteralType()) : told
    const literals: readonly Type[] = rest.filter(each => each.isStringLiteralType() || each.isNumberLiteralType())
    const others = [...(both ? [{ type: 'boolean' }] : []), ...rest.filter(each => !literals.includes(each)).map(of)]
    const values = literals.map(each => (each as unknown as { readonly value: string | number }).value).sort(ascending)
    const parts: Schema[] = [...(values.length > 0 ? [{ enum: values }] : []), ...others]
    parts.sort((a, b) => ascending(JSON.stringify(a), JSON.stringify(b)))
    return parts.length === 1 && parts[0] ? parts[0] : { anyOf: parts }
  }

  const object = (type: Type): Schema => {
    const properties: Record<string, Schema> = {}
    const required: string[] = []
    for (const sign of checker.getPropertiesOfType(type)) {
      const value = checker.getTypeOfSymbol(sign)
      if (!value || checker.getSignaturesOfType(value, 0).length > 0 || sign.name.startsWith('__@')) continue
      properties[sign.name] = { ...descriptionOf(sign), ...of(value) }
      if (!(sign.flags & SymbolFlags.Optional) && !takesUndefined(value)) required.push(sign.name)
    }
    const [index] = checker.getIndexInfosOfType(type)
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(index ? { additionalProperties: of(index.valueType) } : {})
    }
  }

  const descriptionOf = (sign: Sign | undefined): Schema => {
    const text = sign && checker.getDocumentationCommentOfSymbol(sign).replace(/\s+/g, ' ').trim()
    return text ? { description: text } : {}
  }

  /** Of interfaces and aliases; `Found<GroupLine>` is `FoundOfGroupLine`. */
  const nameOf = (type: Type): string | undefined => {
    const alias = type.getAliasSymbol()
    const sign = alias ?? type.getSymbol()
    if (!sign || sign.name.startsWith('__') || isLibrary(sign)) return undefined
    if (!alias && !(type.isObjectType() && type.objectFlags & (ObjectFlags.Interface | ObjectFlags.Reference)))
      return undefined
    const given = alias ? type.getAliasTypeArguments() : type.isTypeReference() ? checker.getTypeArguments(type) : []
    const own = given.filter(each => !each.isTypeParameter()).map(each => nameOf(each))
    if (own.some(each => each === undefined)) return undefined
    return [sign.name, ...own].join('Of')
  }

  return {
    of,
    all: () =>
      Object.fromEntries([...named].sort(([a], [b]) => ascending(a, b)).map(([name, { schema }]) => [name, schema]))
  }

  function keyOf(type: Type): string {
    return checker.typeToString(type) + (type.getAliasSymbol() ?? type.getSymbol())?.id
  }
}

const ascending = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)
const LIBRARY = new Set([
  'Array',
  'ReadonlyArray',
  'Pick',
  'Omit',
  'Partial',
  'Readonly',
  'Record',
  'Extract',
  'Exclude',
  'Required'
])
const isLibrary = ({ name }: Sign) => LIBRARY.has(name)

function takesUndefined(type: Type): boolean {
  const absent = TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Any | TypeFlags.Unknown
  return Boolean(type.flags & absent) || (type.isUnionType() && type.getTypes().some(each => each.flags & absent))
}
