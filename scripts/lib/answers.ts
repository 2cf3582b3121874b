/** What every route of the API answers, read from the routes themselves: the type that its handler returns, a file, or nothing. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type CallExpression, type Node, type StringLiteral, SyntaxKind } from 'typescript/unstable/ast'
import { API, type Checker, type Type } from 'typescript/unstable/sync'
import { createSchemas, type Schema } from './json-schemas.ts'

/** `json`: its schema; `types`: of a file; neither: 204. */
export interface Answer {
  readonly json?: Schema
  readonly types?: readonly string[]
}

export interface Answers {
  readonly routes: Readonly<Record<string, Answer>>
  readonly schemas: Readonly<Record<string, Schema>>
}

const ROOT = join(import.meta.dirname, '..', '..')
const ROUTES = 'gateway/http/routes'
/** The routes that every kind of record has, by the method of the room that answers. */
const RECORD = { 'GET ': 'page', 'GET /detail': 'detail', 'POST ': 'save', 'POST /remove': 'remove' } as const

/** What is sent as bytes, and by which type it is described; a file says its type in its own route, or here. */
const SENT: Readonly<Record<string, Answer>> = {
  'GET /api/map/tiles/:z/:x/:y': { types: ['image/png', 'image/jpeg', 'image/webp'] },
  'GET /api/grid/export': { types: ['application/geo+json'] },
  'GET /api/print/incidents/:id': { types: ['application/pdf'] },
  'GET /api/print/report': { types: ['application/pdf'] },
  'GET /api/print/shift': { types: ['application/pdf', 'text/csv'] },
  'GET /api/print/retrievals': { types: ['application/pdf', 'text/csv'] }
}
/** JSON that is kept as bytes: its type in `core/wire.ts`. */
const KEPT: Readonly<Record<string, string>> = { 'GET /api/map': 'MapInfo' }

/** One line a route and a type, so that two changes seldom meet. */
export function answersJson({ routes, schemas }: Answers): string {
  const lines = (part: object) =>
    Object.entries(part)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n')
  return `{"routes":{\n${lines(routes)}\n},\n"schemas":{\n${lines(schemas)}\n}}\n`
}

export function readAnswers(): Answers {
  const api = new API({ cwd: ROOT })
  try {
    const project = api.updateSnapshot({ openProjects: [join(ROOT, 'tsconfig.json')] }).getProjects()[0]
    if (!project) throw new Error('tsconfig.json opens no project')
    const { checker, program } = project
    const schemas = createSchemas(checker)
    const routes: Record<string, Answer> = {}
    const files = [...readdirSync(join(ROOT, ROUTES)).map(name => `${ROUTES}/${name}`), 'gateway/http/openapi.ts']
    for (const file of files.filter(each => !each.includes('.test.')).sort()) {
      const source = program.getSourceFile(join(ROOT, file))
      if (!source) throw new Error(`${file} is in no project`)
      const walk = (node: Node): void => {
        if (isCall(node)) Object.assign(routes, answersOf(node, checker, schemas.of))
        node.forEachChild(walk)
      }
      walk(source)
    }
    const wire = program.getSourceFile(join(ROOT, 'gateway/core/wire.ts'))
    const exported = wire && checker.getSymbolAtLocation(wire)
    for (const [route, name] of Object.entries(KEPT)) {
      const sign = exported && checker.getExportsOfModule(exported).find(each => each.name === name)
      if (sign) routes[route] = { json: schemas.of(checker.getDeclaredTypeOfSymbol(sign)) }
    }
    const sorted = Object.fromEntries(Object.entries(routes).sort(([a], [b]) => (a < b ? -1 : 1)))
    return { routes: sorted, schemas: schemas.all() }
  } finally {
    api.close()
  }
}

const isCall = (node: Node): node is CallExpression => node.kind === SyntaxKind.CallExpression

function answersOf(call: CallExpression, checker: Checker, of: (type: Type) => Schema): Record<string, Answer> {
  const called = call.expression.getText()
  const [, path] = call.arguments
  if (called === 'recordRoutes' && path) return recordAnswers(call, textOf(path), checker, of)
  const verb = /^app\.(get|post)$/.exec(called)?.[1]
  const [first] = call.arguments
  const handler = call.arguments.at(-1)
  if (!verb || !first || !handler || first.kind !== SyntaxKind.StringLiteral) return {}
  const url = textOf(first)
  if (!url.startsWith('/api/')) return {}
  const returned = returnOf(checker.getTypeAtLocation(handler), checker)
  const isSent = returned === undefined || /^never$|FastifyReply/.test(checker.typeToString(returned))
  const route = `${verb.toUpperCase()} ${url}`
  return { [route]: isSent ? sentBy(route, handler.getText()) : { json: of(returned) } }
}

/** The room that is handed over says what its records are. */
function recordAnswers(call: CallExpression, path: string, checker: Checker, of: (type: Type) => Schema) {
  const given = call.arguments[2] && checker.getTypeAtLocation(call.arguments[2])
  const sign = given && checker.getPropertyOfType(given, 'rooms')
  const rooms = sign && checker.getTypeOfSymbol(sign)
  return Object.fromEntries(
    Object.entries(RECORD).map(([route, method]) => {
      const found = rooms && checker.getPropertyOfType(rooms, method)
      const returned = returnOf(found && checker.getTypeOfSymbol(found), checker)
      if (!returned) throw new Error(`${path}: the room has no ${method}`)
      const [verb, rest = ''] = route.split(' ')
      return [`${verb} ${path}${rest}`, { json: of(returned) }]
    })
  )
}

/** What it returns once it is awaited. */
function returnOf(type: Type | undefined, checker: Checker): Type | undefined {
  const [signature] = type ? checker.getSignaturesOfType(type, 0) : []
  const returned = signature && checker.getReturnTypeOfSignature(signature)
  if (returned?.isTypeReference() && returned.getSymbol()?.name === 'Promise')
    return checker.getTypeArguments(returned)[0]
  return returned
}

/** A handler that sends by itself names the type of its file, or says 204. */
function sentBy(route: string, text: string): Answer {
  const type = /\.type\('([^';]+)/.exec(text)?.[1]
  const found = SENT[route] ?? (type ? { types: [type] } : /\.code\(204\)/.test(text) ? {} : undefined)
  if (!found) throw new Error(`${route}: neither what it returns nor what it sends is known`)
  return found
}

const textOf = (node: Node): string => (node as StringLiteral).text
