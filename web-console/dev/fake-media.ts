/** Development only: a video worker without cameras. Four loops made by ffmpeg, sent as one fMP4 fragment a picture over WebSocket; clips and stills by ticket. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Ticket } from '../../gateway/core/wire.ts'

const LOOPS = 4
const CODEC = 'avc1.42c01e'
const COLOURS = ['0x101820:c1=0x5a5038', '0x0c1418:c1=0x3a4a56', '0x14110c:c1=0x6a5a40', '0x101010:c1=0x707070']

/** One loop that runs for ever: its init segment, the pictures since the last key, and who watches. */
class Loop {
  #init = Buffer.alloc(0)
  #group: Buffer[] = []
  readonly #watchers = new Set<WebSocket>()

  constructor(file: string) {
    const ffmpeg = spawn('ffmpeg', [
      ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', '-f', 'mp4'],
      ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof', 'pipe:1']
    ])
    process.on('exit', () => ffmpeg.kill())
    let rest = Buffer.alloc(0)
    let moof = Buffer.alloc(0)
    ffmpeg.stdout.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 8 && rest.length >= rest.readUInt32BE(0)) {
        const box = rest.subarray(0, rest.readUInt32BE(0))
        rest = rest.subarray(box.length)
        const type = box.toString('latin1', 4, 8)
        if (type === 'ftyp' || type === 'moov') this.#init = Buffer.concat([this.#init, box])
        if (type === 'moof') moof = box
        if (type === 'mdat') this.#picture(Buffer.concat([moof, box]), box)
      }
    })
  }

  watch(socket: WebSocket): () => void {
    socket.send(JSON.stringify({ type: 'init', codec: CODEC, width: 640, height: 360 }))
    socket.send(this.#init)
    for (const picture of this.#group) socket.send(picture)
    this.#watchers.add(socket)
    return () => this.#watchers.delete(socket)
  }

  #picture(fragment: Buffer, mdat: Buffer): void {
    // The loops carry one slice a picture; NAL type 5 (IDR) or 7 (SPS before it) starts a group.
    const nal = (mdat[12] ?? 0) & 31
    if (nal === 5 || nal === 7 || nal === 6) this.#group = []
    this.#group.push(fragment)
    for (const socket of this.#watchers) socket.send(fragment)
  }
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn('ffmpeg', ['-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
      .on('error', reject)
      .on('exit', code => (code === 0 ? resolve() : reject(new Error(`ffmpeg left with ${code}`))))
  })
}

async function makeLoop(folder: string, index: number): Promise<string> {
  const file = join(folder, `loop-${index}.mp4`)
  const picture = `gradients=s=640x360:r=12:d=10:speed=0.02:n=2:c0=${COLOURS[index]}:seed=${index + 3}`
  const words = "drawtext=text='%{pts\\:hms}':fontcolor=white@0.7:fontsize=24:x=(w-tw)/2:y=(h-th)/2"
  await run([
    ...['-f', 'lavfi', '-i', picture, '-vf', `${words},format=yuv420p`],
    ...[
      '-c:v',
      'libx264',
      '-profile:v',
      'baseline',
      '-preset',
      'ultrafast',
      '-g',
      '24',
      '-slices',
      '1',
      '-b:v',
      '400k'
    ],
    ...['-movflags', '+faststart', file]
  ])
  return file
}

export interface FakeMedia {
  ticket(path: string): Ticket
}

export async function startFakeMedia(): Promise<FakeMedia> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-media-'))
  // Ctrl-C ends a server for development: its loops go with it.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit())
  const files: string[] = []
  for (let i = 0; i < LOOPS; i++) files.push(await makeLoop(folder, i))
  const loops = files.map(file => new Loop(file))
  const still = join(folder, 'still.jpg')
  await run(['-i', files[0] ?? '', '-frames:v', '1', still])

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-allow-headers', 'authorization')
    if (request.method === 'OPTIONS' || request.headers.authorization !== 'Ticket fake') {
      response.writeHead(request.method === 'OPTIONS' ? 204 : 403).end()
      return
    }
    const isStill = request.url?.includes('still') ?? false
    response.setHeader('content-type', isStill ? 'image/jpeg' : 'video/mp4')
    response.end(await readFile(isStill ? still : (files[1] ?? '')))
  }
  const server = createServer((request, response) => void serve(request, response))
  const media: FakeMedia = {
    ticket: path => {
      const { port } = server.address() as AddressInfo
      return { port, path, ticket: 'fake', expiresAtMs: Date.now() + 30_000 }
    }
  }
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    socket.once('message', data => {
      if (!String(data).startsWith('{"ticket":"fake"')) return socket.close()
      const number = Number(/(\d+)\D*$/.exec(request.url ?? '')?.[1] ?? 0)
      const leave = loops[number % LOOPS]?.watch(socket)
      if (leave) socket.on('close', leave)
      // Camera 4 is the one that stands still after a while.
      if (number === 4 && leave) setTimeout(() => freeze(socket, leave), 6_000)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return media
}

function freeze(socket: WebSocket, leave: () => void): void {
  leave()
  socket.send(JSON.stringify({ type: 'stale', lastFrameAtMs: Date.now() }))
}
