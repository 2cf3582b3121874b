/**
 * The thread of the UDP socket, which does nothing but read, write and hand over. The main process reads 32 datagrams of a socket in one turn
 * of its loop, however long that is: behind thousands of connections all telephones of an exchange would wait for the kernel to throw them away.
 */
import { createSocket, type Socket } from 'node:dgram'
import { parentPort, workerData } from 'node:worker_threads'
import type { Trunk } from './config.ts'
import { type Batch, pack, unpack } from './datagram-batch.ts'
import { DatagramQueue, type Dropped } from './datagram-queue.ts'
import { addressFor, peerOf } from './peer.ts'
import { plainLookup } from './plain-lookup.ts'
import { trunkOf } from './trunks.ts'

/** Handed over at the start of the thread. */
export interface DatagramSetup {
  readonly family: 'udp4' | 'udp6'
  readonly address: string
  readonly port: number
  readonly trunks: readonly Trunk[]
  readonly maxOfStranger: number
}

export type DatagramCommand =
  /** `batch` is to be sent; `more`: nothing handed over is left, the next batch now or when something comes. */
  | { readonly kind: 'turn'; readonly batch?: Batch | undefined; readonly more: boolean }
  /** When all is sent. */
  | { readonly kind: 'close' }

export type DatagramReport =
  | { readonly kind: 'open'; readonly port: number }
  /** The socket does not work, or not any more; `code` is the system's. */
  | { readonly kind: 'failed'; readonly code: string; readonly error: string }
  | { readonly kind: 'batch'; readonly batch: Batch; readonly dropped: readonly Dropped[] }
  | { readonly kind: 'notSent'; readonly address: string; readonly port: number; readonly error: string }

/** A burst of thousands of calls; smaller systems give what they allow. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
const QUEUE = { maxCount: 16_384, maxBytes: 16 * 1024 * 1024 }
const BATCH = { count: 256, bytes: 256 * 1024 }

const setup = workerData as DatagramSetup
const queue = new DatagramQueue({
  ...QUEUE,
  maxOfStranger: setup.maxOfStranger,
  isTrunk: ({ address, port }) => trunkOf(setup.trunks, peerOf(address, port)) !== undefined
})
let wanted = false
let due = false
let underWay = 0
let closing = false

function tell(report: DatagramReport, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(report, moved)
}

/** After everything that can be read now has been. */
function offer(): void {
  if (due || !wanted || queue.size === 0) return
  due = true
  setImmediate(() => {
    due = false
    wanted = false
    const batch = pack(queue.take(BATCH.count, BATCH.bytes))
    tell({ kind: 'batch', batch, dropped: queue.dropped() }, [batch.bytes.buffer])
  })
}

function send(socket: Socket, batch: Batch): void {
  for (const { bytes, address, port } of unpack(batch)) {
    underWay++
    socket.send(bytes, port, addressFor(setup.family, address), error => {
      underWay--
      if (error) tell({ kind: 'notSent', address, port, error: error.message })
      closeWhenSent(socket)
    })
  }
}

function closeWhenSent(socket: Socket): void {
  if (!closing || underWay > 0) return
  closing = false
  socket.close()
  parentPort?.close()
}

const socket = createSocket({ type: setup.family, lookup: plainLookup })
socket.on('error', error => {
  const code = 'code' in error ? String(error.code) : ''
  tell({ kind: 'failed', code, error: error.message })
})
socket.on('message', (bytes, from) => {
  queue.push({ bytes, address: from.address, port: from.port })
  offer()
})
socket.bind({ port: setup.port, address: setup.address, exclusive: true }, () => {
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  tell({ kind: 'open', port: socket.address().port })
})
parentPort?.on('message', (command: DatagramCommand) => {
  if (command.kind === 'turn') {
    if (command.batch) send(socket, command.batch)
    if (command.more) wanted = true
    offer()
  } else {
    closing = true
    closeWhenSent(socket)
  }
})
