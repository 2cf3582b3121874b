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

export interface WantedPort {
  readonly port: number
  readonly setting: string
}

/**
 * PORT_TAKEN of a listener that knows its setting only, with the `owner` added, and in `also`, text, what else of `wanted` (TCP) others have, so that
 * one look tells all; any other error is handed back as it is.
 */
export async function withOwner(error: unknown, wanted: readonly WantedPort[] = []): Promise<unknown> {
  if (!(error instanceof GatewayError) || error.code !== 'PORT_TAKEN') return error
  const { port, owner } = error.detail
  if (owner !== undefined || typeof port !== 'number') return error
  // A datagram socket fails in bind, a stream in listen; a video worker tells its code alone, and takes streams.
  const { syscall } = (error.cause ?? {}) as { readonly syscall?: string }
  const named = (await portOwner(syscall === 'bind' ? 'udp' : 'tcp', port)) ?? 'a process that this user may not see'
  const also: string[] = []
  for (const other of wanted) {
    const holder = other.port === port ? undefined : await holderOf('tcp', other.port)
    if (holder && !(await isOurs(holder.pid))) also.push(`${other.setting} ${other.port}: ${textOf(holder)}`)
  }
  const detail = { ...error.detail, owner: named, ...(also.length > 0 ? { also: also.join('; ') } : {}) }
  return new GatewayError('PORT_TAKEN', detail, { cause: error.cause })
}

interface Holder {
  readonly pid: number
  /** The command's name only: its arguments may hold secrets. */
  readonly name: string
}

const textOf = ({ name, pid }: Holder): string => `${name} (process ${pid})`

/** This process, or one that it started: a video worker that has its port already. */
async function isOurs(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return pid === process.pid || Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) === process.pid
}

/** `mosquitto (process 812)`, or undefined where there is no /proc or it hides the owner. */
export async function portOwner(kind: 'tcp' | 'udp', port: number): Promise<string | undefined> {
  const holder = await holderOf(kind, port)
  return holder && textOf(holder)
}

async function holderOf(kind: 'tcp' | 'udp', port: number): Promise<Holder | undefined> {
  const inodes = new Set<string>()
  for (const table of [`/proc/net/${kind}`, `/proc/net/${kind}6`]) {
    for (const inode of socketsOn(await readFile(table, 'latin1').catch(() => ''), kind, port)) inodes.add(inode)
  }
  if (inodes.size === 0) return undefined
  const processes = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  for (const pid of processes) {
    if (await holds(pid, inodes)) {
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim()
      return { pid: Number(pid), name }
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
