/** Ports whose number a test must know before anybody listens: free for TCP and for UDP, and given to nobody else of this machine. */
import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'

/** Below what systems give to connections of their own (Linux from 32,768 on): whoever asks for "any free port" never gets one of these. */
const FIRST = 11_000
const LAST = 31_000
/** What takes the ports after its own, too, has room: workers of the media plane, sound of sipp and baresip. */
const STEP = 32
const PLACES = Math.floor((LAST - FIRST) / STEP)
/** Test files run beside each other, each in a worker with a number of its own: they share the places out by it. */
const SHARES = 4
const share = Number(process.env.VITEST_POOL_ID ?? process.pid) % SHARES
const inShare = Math.floor(PLACES / SHARES)
/** Another run of the same machine begins elsewhere. */
let next = process.pid % inShare

/** All different, with room after each. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  for (let tried = 0; tried < inShare && ports.length < count; tried++) {
    const port = FIRST + (share * inShare + next) * STEP
    next = (next + 1) % inShare
    if ((await claim(port + STEP - 1)) && (await freeForTcp(port)) && (await freeForUdp(port))) ports.push(port)
  }
  if (ports.length < count) throw new Error(`the tests need ${count} free ports between ${FIRST} and ${LAST}`)
  return ports
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

const claims = new Set<Server>()

/** Gives back every place of this process, e.g. when the test file that needed them has ended: one process runs many. */
export async function releasePorts(): Promise<void> {
  await Promise.all([...claims].map(server => new Promise(resolve => server.close(resolve))))
  claims.clear()
}

/** Held to `releasePorts` or the end of this process, so that no other run is given the place before somebody listens there, or while he is started anew. */
function claim(port: number): Promise<boolean> {
  const server = createServer()
  server.unref()
  return new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      claims.add(server)
      resolve(true)
    })
  })
}

function freeForTcp(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function freeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  return new Promise(resolve => {
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
