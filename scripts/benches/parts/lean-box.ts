/** MQTT 3.1.1 boxes as lean as thousands of them in one process must be: connect, a QoS 1 publish, heartbeats; no reconnection, no queue. */
import { connect, type Socket } from 'node:net'

export interface LeanBox {
  /** Resolves when the PUBACK of this alarm is read. */
  press(eventId: string): Promise<void>
  heartbeat(): void
  /** Whether the broker has cut it. */
  readonly lost: boolean
  close(): void
}

export interface LeanBoxOptions {
  readonly port: number
  readonly host?: string
  readonly site: string
  readonly source: string
  readonly password: string
}

const CONNECT = 0x10
const PUBLISH = 0x30
const PUBLISH_QOS1 = 0x32
const CONNACK = 2
const PUBACK = 4
/** MQTT 3.1.1 §3.1.2.3: user name, password, will retained, will QoS 1, will; a persistent session (clean session 0). */
const CONNECT_FLAGS = 0b1110_1100

export async function connectBox(options: LeanBoxOptions): Promise<LeanBox> {
  const topic = (kind: string) => `v1/${options.site}/${options.source}/${kind}`
  const waiting = new Map<number, () => void>()
  const connected = Promise.withResolvers<void>()
  const socket = connect({ host: options.host ?? '127.0.0.1', port: options.port, noDelay: true })
  let lost = false
  let packetId = 0
  let rest: Buffer = Buffer.alloc(0)
  const take = (type: number, body: Buffer): void => {
    if (type === CONNACK) {
      if (body[1] === 0) connected.resolve()
      else connected.reject(new Error(`the broker refused ${options.source}: CONNACK ${body[1]}`))
    } else if (type === PUBACK) {
      waiting.get(body.readUInt16BE(0))?.()
      waiting.delete(body.readUInt16BE(0))
    }
  }
  socket.on('data', chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    // What a broker sends to a box that subscribes to nothing is short: one byte of length.
    while (rest.length >= 2 && rest.length >= 2 + (rest[1] as number)) {
      const end = 2 + (rest[1] as number)
      take((rest[0] as number) >> 4, rest.subarray(2, end))
      rest = rest.subarray(end)
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    lost = true
    connected.reject(new Error(`the broker cut ${options.source} before CONNACK`))
  })
  socket.write(connectPacket(options, topic('status')))
  await connected.promise
  packetId = 1
  writePublish(socket, topic('status'), 'online', packetId, true)
  const beat = packet(PUBLISH, [text(topic('heartbeat')), Buffer.from('{"v":1}')])
  return {
    press(eventId) {
      packetId = (packetId % 0xffff) + 1
      const done = Promise.withResolvers<void>()
      waiting.set(packetId, done.resolve)
      writePublish(socket, topic('alarm'), JSON.stringify({ v: 1, eventId, type: 'panic', at: Date.now() }), packetId)
      return done.promise
    },
    heartbeat: () => void socket.write(beat),
    get lost() {
      return lost
    },
    close: () => socket.destroy()
  }
}

function connectPacket(options: LeanBoxOptions, willTopic: string): Buffer {
  const keepAliveS = 60
  return packet(CONNECT, [
    text('MQTT'),
    Buffer.from([4, CONNECT_FLAGS, keepAliveS >> 8, keepAliveS & 0xff]),
    text(`${options.site}-${options.source}`),
    text(willTopic),
    text('offline'),
    text(`${options.site}/${options.source}`),
    text(options.password)
  ])
}

function writePublish(socket: Socket, topic: string, payload: string, packetId: number, retain = false): void {
  const parts = [text(topic), Buffer.from([packetId >> 8, packetId & 0xff]), Buffer.from(payload)]
  socket.write(packet(PUBLISH_QOS1 | Number(retain), parts))
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function packet(type: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = length < 128 ? [type, length] : [type, (length & 0x7f) | 0x80, length >> 7]
  return Buffer.concat([Buffer.from(head), ...parts])
}
