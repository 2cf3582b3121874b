/** Says who has the port that we want, with the setting to change, so that EADDRINUSE needs no search. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { GatewayError } from '../core/errors.ts'
import type { Endpoint } from '../core/ports.ts'

/** PORT_TAKEN for EADDRINUSE, with `port`, `setting` and, where /proc tells, `owner`; any other error is handed back as it is. */
export async function explainListenError(error: unknown, endpoint: Endpoint): Promise<unknown> {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'EADDRINUSE') return error
  const kind = endpoint.protocol === 'udp' ? 'udp' : 'tcp'
  const owner = (await portOwner(kind, endpoint.port)) ?? 'a process that this user may not see'
  const { port, address, setting } = endpoint
  return new GatewayError('PORT_TAKEN', { port, address, setting, owner }, { cause: error })
}

/** PORT_TAKEN of a listener that knows its setting only, with the `owner` added; any other error is handed back as it is. */
export async function withOwner(error: unknown): Promise<unknown> {
  if (!(error instanceof GatewayError) || error.code !== 'PORT_TAKEN') return error
  const { port, owner } = error.detail
  if (owner !== undefined || typeof port !== 'number') return error
  // A datagram socket fails in bind, a stream in listen; a video worker tells its code alone, and takes streams.
  const { syscall } = (error.cause ?? {}) as { readonly syscall?: string }
  const named = (await portOwner(syscall === 'bind' ? 'udp' : 'tcp', port)) ?? 'a process that this user may not see'
  return new GatewayError('PORT_TAKEN', { ...error.detail, owner: named }, { cause: error.cause })
}

/** `mosquitto (process 812)`, or undefined where there is no /proc or it hides the owner. */
export async function portOwner(kind: 'tcp' | 'udp', port: number): Promise<string | undefined> {
  const inodes = new Set<string>()
  for (const table of [`/proc/net/${kind}`, `/proc/net/${kind}6`]) {
    for (const inode of socketsOn(await readFile(table, 'latin1').catch(() => ''), kind, port)) inodes.add(inode)
  }
  if (inodes.size === 0) return undefined
  const processes = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  for (const pid of processes) {
    if (await holds(pid, inodes)) {
      // The command's name only: its arguments may hold secrets.
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim()
      return `${name} (process ${pid})`
    }
  }
  return undefined
}

/** Inodes of bound sockets: proc(5), /proc/net/tcp: local_address is hex address:port, st 0A is listening, the 10th field the inode. */
function socketsOn(table: string, kind: 'tcp' | 'udp', port: number): readonly string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const fields = line.trim().split(/\s+/)
      const [, local = '', , state = ''] = fields
      const inode = fields[9] ?? '0'
      const bound = Number.parseInt(local.split(':')[1] ?? '', 16) === port
      return bound && inode !== '0' && (kind === 'udp' || state === '0A') ? [inode] : []
    })
}

async function holds(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  for (const fd of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${fd}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}
