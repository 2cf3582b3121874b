/**
 * The API as OpenAPI 3.1, put together from the routes as they are registered, the schemas that check their bodies, and answers.json, which
 * `node scripts/lib/generated.ts` reads from the types that the routes return.
 */
import type { FastifyInstance, RouteOptions } from 'fastify'
import { ERRORS } from '../core/errors.ts'
import { PHOTO_TYPES } from '../core/unit-message.ts'
import answers from './answers.json' with { type: 'json' }
import { COMMAND_BODIES, CommandBody } from './command-schemas.ts'
import { COOKIE, sessionOf } from './guard.ts'
import type { HttpAccess } from './ports.ts'
import { ACTION_BODIES } from './schemas.ts'
import { SCOPES, scopesOf } from './scopes.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
}

/** Bodies that a route checks by their kind, so that a wrong field is told for what was meant. */
const BY_KIND: Readonly<Record<string, object>> = {
  'POST /api/incidents/:id/actions': { oneOf: named(ACTION_BODIES, 'action') },
  'POST /api/incidents/:id/commands': {
    ...CommandBody,
    properties: { ...CommandBody.properties, command: { oneOf: named(COMMAND_BODIES, 'kind') } }
  }
}

interface Described {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly security: readonly object[]
  readonly paths: Readonly<Record<string, object>>
  readonly components: object
}

/** Call before the routes are registered: what comes later is described. */
export function describeApi(app: FastifyInstance, access: HttpAccess): void {
  const paths: Record<string, Record<string, object>> = {}
  app.addHook('onRoute', route => {
    if (!route.url.startsWith('/api/')) return
    for (const method of [route.method].flat().filter(each => each !== 'HEAD')) {
      const path = route.url.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [method.toLowerCase()]: operation(method, route) }
    }
  })
  app.get('/api/openapi.json', async (request): Promise<Described> => {
    sessionOf(access, request.headers.cookie)
    return {
      openapi: '3.1.0',
      info: { title: '平安网关 · pingan-gateway', version: '1' },
      security: [{ session: [] }],
      paths,
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: COOKIE },
          token: { type: 'http', scheme: 'bearer', description: TOKEN_HELP }
        },
        schemas: { ...answers.schemas, Error: ERROR }
      }
    }
  })
}

const TOKEN_HELP = `An API token of an administrator's making, with the scopes ${Object.keys(SCOPES).join(', ')}`

/** The body is the picture itself. */
const PICTURE = Object.fromEntries(PHOTO_TYPES.map(type => [type, {}]))

const ERROR = {
  type: 'object',
  properties: {
    error: { enum: Object.keys(ERRORS) },
    message: { type: 'string' },
    detail: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }
  },
  required: ['error', 'message']
}

function operation(method: string, { url, schema }: RouteOptions): object {
  const body = BY_KIND[`${method} ${url}`] ?? schema?.body
  const query = (schema?.querystring ?? {}) as Schema
  const parameters = [
    ...[...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
      ...{ name, in: 'path', required: true, schema: { type: 'string' } }
    })),
    ...Object.entries(query.properties ?? {}).map(([name, each]) => ({
      ...{ name, in: 'query', required: query.required?.includes(name) ?? false, schema: each }
    }))
  ]
  const json = (content: object) => ({ 'application/json': { schema: content } })
  const content = body ? json(body) : url.endsWith('/photos') ? PICTURE : undefined
  const open = url === '/api/login' || url === '/api/site'
  const scopes = scopesOf(`${method} ${url}`)
  return {
    ...(open ? { security: [] } : {}),
    // Any one of the scopes will do.
    ...(scopes.length > 0 ? { security: [{ session: [] }, ...scopes.map(scope => ({ token: [scope] }))] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: {
      ...answerOf(`${method} ${url}`),
      default: { description: 'refused', content: json({ $ref: '#/components/schemas/Error' }) }
    }
  }
}

interface Answer {
  readonly json?: object
  readonly types?: readonly string[]
}

/** Its own schema, a file, or nothing. */
function answerOf(route: string): object {
  const { json, types } = (answers.routes as Readonly<Record<string, Answer>>)[route] ?? {}
  if (json) return { 200: { description: 'done', content: { 'application/json': { schema: json } } } }
  if (!types) return { 204: { description: 'done' } }
  return { 200: { description: 'a file', content: Object.fromEntries(types.map(type => [type, {}])) } }
}

/** Each body with the word that chooses it. */
function named(bodies: Readonly<Record<string, object>>, key: string): readonly object[] {
  return Object.entries(bodies).map(([word, body]) => ({
    ...body,
    properties: { ...(body as Schema).properties, [key]: { const: word } }
  }))
}
