/** Serves one finished evidence file to the bearer of a ticket: with ranges, so that a player can seek, or as a download of any size. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import type { Clock } from '../../core/ports.ts'
import { isServable } from '../clip/names.ts'
import type { Ticket } from '../ticket.ts'
import type { Transcodes } from '../transcode/transcodes.ts'
import { isH265, sendAsH264, wantsH264 } from './file-as-h264.ts'

export interface FileOptions {
  readonly dir: string
  /** Undefined for whatever opens nothing. */
  ticket(text: string): Ticket | undefined
  /** False when it was taken before. */
  once(ticket: Ticket): boolean
  readonly transcodes: Pick<Transcodes, 'seat'>
  readonly clock: Clock
}

/** A ticket is shorter than 2,000 characters; nobody needs to send us more. */
const MAX_FORM_BYTES = 4_096
const FORM = 'application/x-www-form-urlencoded'

const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  wav: 'audio/wav',
  json: 'application/json',
  zip: 'application/zip'
}

/**
 * GET, HEAD and OPTIONS of `…/file` with `Authorization: Ticket <ticket>`, or POST of a form with the field `ticket`, which a browser
 * writes to its disk as it comes. The ticket names the file, the URL never does.
 */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  options: FileOptions
): Promise<void> {
  allowOrigin(request, response)
  if (request.method === 'OPTIONS') return end(response, 204)
  if (request.method === 'POST') return download(request, response, options)
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405)
  const text = /^Ticket (\S{1,2000})$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const ticket = options.ticket(text)
  if (ticket?.kind !== 'file' || !isServable(ticket.file)) return end(response, 403)
  const path = join(options.dir, ticket.file)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return end(response, 404)
  response.setHeader('Cache-Control', 'private, no-store')
  if (request.method === 'GET' && wantsH264(request.headers.accept) && (await isH265(path))) {
    const seat = options.transcodes.seat()
    return seat ? sendAsH264(path, response, seat, options.clock) : end(response, 503)
  }
  const range = parseRange(request.headers.range, found.size)
  response.setHeader('Accept-Ranges', 'bytes')
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${found.size}`)
    return end(response, 416)
  }
  const { start, end: last } = range ?? { start: 0, end: found.size - 1 }
  if (range) response.setHeader('Content-Range', `bytes ${start}-${last}/${found.size}`)
  response.setHeader('Content-Type', typeOf(ticket.file))
  response.setHeader('Content-Length', last - start + 1)
  response.statusCode = range ? 206 : 200
  if (request.method === 'HEAD' || found.size === 0) return void response.end()
  pipeline(createReadStream(path, { start, end: last }), response, () => undefined)
}

/** The whole file as an attachment. A form goes out without a preflight, so the page it comes from is judged here; at this worker its ticket serves once. */
async function download(request: IncomingMessage, response: ServerResponse, options: FileOptions): Promise<void> {
  if (!originAllowed(request)) return end(response, 403)
  if (request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== FORM) return end(response, 415)
  const form = await formOf(request)
  if (form === undefined) return end(response, 413)
  const ticket = options.ticket(new URLSearchParams(form).get('ticket') ?? '')
  if (ticket?.kind !== 'file' || !isServable(ticket.file) || !options.once(ticket)) return end(response, 403)
  const path = join(options.dir, ticket.file)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return end(response, 404)
  response.setHeader('Cache-Control', 'private, no-store')
  response.setHeader('Content-Type', typeOf(ticket.file))
  // A servable name has nothing in it that would need quoting.
  response.setHeader('Content-Disposition', `attachment; filename="${ticket.file}"`)
  response.setHeader('Content-Length', found.size)
  if (found.size === 0) return void response.end()
  pipeline(createReadStream(path, { end: found.size - 1 }), response, () => undefined)
}

/** Undefined for a body that is too long, or cut off; its rest is read away by the port. */
function formOf(request: IncomingMessage): Promise<string | undefined> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= MAX_FORM_BYTES) chunks.push(chunk)
      else resolve(undefined)
    })
    request.once('end', () => resolve(Buffer.concat(chunks).toString('latin1')))
    request.once('close', () => resolve(undefined))
  })
}

function typeOf(file: string): string {
  return TYPES[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}

/** One range (RFC 9110 §14.1.2) with both ends inclusive; several ranges, other units and nonsense are ignored, as the RFC allows. */
export function parseRange(
  header: string | undefined,
  size: number
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const suffix = match[1] === ''
  const start = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (!suffix && match[2] !== '' && Number(match[2]) < start) return undefined
  return start >= size || start > end ? 'unsatisfiable' : { start, end }
}

/** True when a page of this gateway asks: its host name is ours, whatever the port. A request without an origin is no page. */
export function originAllowed(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  const page = URL.parse(origin)?.hostname
  return page !== undefined && page !== '' && page === URL.parse(`http://${host ?? ''}`)?.hostname
}

function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  response.setHeader('Vary', 'Origin')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // What people sent is a picture and nothing else, also for whoever opens it by itself.
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox allow-downloads")
  if (origin === undefined || !originAllowed(request)) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD')
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, Range')
  response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length, Accept-Ranges')
  response.setHeader('Access-Control-Max-Age', '600')
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}
