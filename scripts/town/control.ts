/** The town's buttons for people: a small HTTP server on 127.0.0.1 behind a token of the data folder, and its client. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Check } from 'typebox/value'

const KINDS = [
  ...(['household', 'telephone', 'dialler', 'box', 'panel', 'button', 'watch', 'pendant'] as const),
  ...(['taxi', 'driver', 'input', 'storm'] as const)
] as const

export const PressBody = Type.Object(
  {
    kind: Type.Enum(KINDS),
    n: Type.Integer({ minimum: 1, maximum: 10_000 })
  },
  { additionalProperties: false }
)
const PatrolBody = Type.Object(
  { unit: Type.String({ maxLength: 100 }), manual: Type.Boolean() },
  { additionalProperties: false }
)

export type Kind = (typeof KINDS)[number]

export interface Controls {
  press(kind: Kind, n: number): Promise<object>
  patrol(unit: string, manual: boolean): Promise<object>
  status(): object
}

const MAX_BODY = 1_024
/** A press that was not acknowledged by then goes on trying; the caller is told so. */
const ANSWER_WITHIN_MS = 20_000
const STORM_WITHIN_MS = 600_000

/** The token of `<data>/demo.token`, made at the first use, readable by its owner only. */
export function controlToken(data: string): string {
  const file = join(data, 'demo.token')
  try {
    writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}

/** Rejects when the port is taken. */
export async function startControl(port: number, token: string, controls: Controls) {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, token, controls)
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

interface Answer {
  readonly status: number
  readonly body: object
}

async function answer(request: IncomingMessage, token: string, controls: Controls): Promise<Answer> {
  if (!holds(request.headers.authorization, token))
    return { status: 401, body: { error: 'the token of demo.token is missing' } }
  try {
    const path = `${request.method} ${request.url}`
    if (path === 'GET /status') return { status: 200, body: controls.status() }
    const body: unknown = request.method === 'POST' ? JSON.parse(await read(request)) : undefined
    if (path === 'POST /press' && Check(PressBody, body)) {
      const withinMs = body.kind === 'storm' ? STORM_WITHIN_MS : ANSWER_WITHIN_MS
      return { status: 200, body: await within(withinMs, controls.press(body.kind as Kind, body.n)) }
    }
    if (path === 'POST /patrol' && Check(PatrolBody, body))
      return { status: 200, body: await controls.patrol(body.unit, body.manual) }
    return {
      status: 404,
      body: { error: 'there is POST /press {kind, n}, POST /patrol {unit, manual} and GET /status' }
    }
  } catch (error) {
    return { status: 409, body: { error: error instanceof Error ? error.message : String(error) } }
  }
}

function holds(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MAX_BODY) throw new Error('the body is too long')
  }
  return text
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const sentence = `not acknowledged within ${ms / 1000} s; the device keeps trying. Does the gateway run?`
    timer = setTimeout(() => reject(new Error(sentence)), ms)
  })
  work.catch(() => undefined)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Asks a running town; throws a sentence for people. */
export async function askTown(
  data: string,
  port: number,
  path: '/press' | '/patrol' | '/status',
  body?: object
): Promise<Record<string, unknown>> {
  let token: string
  try {
    token = readFileSync(join(data, 'demo.token'), 'utf8').trim()
  } catch {
    throw new Error(
      `no town has run with the data folder ${data}; start one with ./scripts/start or ./scripts/simulate run, or name its folder with --data FOLDER`
    )
  }
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : undefined
  }).catch(() => {
    throw new Error(
      `the town does not answer on 127.0.0.1:${port}; start it with ./scripts/start or ./scripts/simulate run`
    )
  })
  const result = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(String(result.error))
  return result
}
