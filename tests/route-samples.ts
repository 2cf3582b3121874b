/** Requests for the routes of the API's own description, with bodies and queries that their schemas take: a role's rights are asked for behind them. */

export interface Route {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
}

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly minItems?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** Whose things a request names; `name` is the field's or parameter's. Undefined: what fits the schema. */
export interface Named {
  readonly at?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
}

/** Long and digits enough for every pattern of the API but these. */
const WORDS = ['2026-11-01', 'household', '1', '9999', 'a-0123456789abcdef']

function sample(schema: Schema): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first) return sample(first)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object') {
    const fields = (schema.required ?? []).map(name => [name, sample(schema.properties?.[name] ?? {})])
    return Object.fromEntries(fields)
  }
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}))
  if (schema.type === 'boolean') return false
  if (schema.type === 'string') return WORDS.find(word => new RegExp(schema.pattern ?? '').test(word)) ?? ''
  return schema.minimum ?? 1
}

/** As the tables of rights write it. */
const nameOf = (method: string, described: string) => `${method} ${described.replace(/\{(\w+)\}/g, ':$1')}`

function routeOf(
  method: string,
  described: string,
  { parameters = [], requestBody }: Operation,
  named: Named = {}
): Route {
  const at = (name: string) => named.at?.[name] ?? (name.length === 1 ? '0' : 'nobody')
  const query = parameters.filter(each => each.in === 'query' && each.required)
  const asked = new URLSearchParams(Object.fromEntries(query.map(({ name, schema }) => [name, String(sample(schema))])))
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const value = content?.schema ? sample(content.schema) : undefined
  // An interval that is none is refused before anybody is asked who he is.
  if (typeof value === 'object' && value !== null && 'toMs' in value) Object.assign(value, { toMs: 60_000 })
  if (named.body) Object.assign(value ?? {}, named.body)
  if (asked.has('toMs')) asked.set('toMs', '1')
  if (asked.has('fromMs')) asked.set('fromMs', '0')
  for (const [key, text] of Object.entries(named.query ?? {})) asked.set(key, text)
  const isText = typeof value === 'string'
  return {
    ...{ name: nameOf(method, described), method },
    path: `${described.replace(/\{(\w+)\}/g, (_, name: string) => at(name))}?${asked}`,
    ...(method === 'GET'
      ? {}
      : {
          body: isText
            ? value
            : value === undefined
              ? type?.startsWith('image')
                ? 'x'
                : JSON.stringify(named.body ?? {})
              : JSON.stringify(value)
        }),
    ...(method === 'GET' ? {} : { type: isText ? 'text/plain' : (type ?? 'application/json') })
  }
}

/** Every route that `url` describes to this person, in its order; `named`: with these things in its request. */
export async function routesOf(
  url: string,
  cookie: string,
  named: (route: string) => Named | undefined = () => undefined
): Promise<readonly Route[]> {
  const answer = await fetch(`${url}/api/openapi.json`, { headers: { cookie } })
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const verb = method.toUpperCase()
      return routeOf(verb, path, operation, named(nameOf(verb, path)))
    })
  )
}
