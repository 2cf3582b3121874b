/**
 * Where a sink that was made on the page may lead to: never to this machine or a link-local address, unless `outwards.allow` names it. Asked
 * of the address that is connected to, so that a name cannot mean another one by then.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Dispatcher } from 'undici'
import { NOT_ALLOWED } from '../feed/outwards/post.ts'
import { networkOf } from '../media/rtsp/redirect.ts'

export interface SinkReach {
  /** Of an IP address. */
  mayReach(address: string): boolean
  /** False: said at once, before anything is looked up. */
  mayName(host: string): boolean
  /** Only ranges that are named are reached. */
  readonly isNarrowed: boolean
  /** Made with the first message. */
  dispatcher(): Promise<Dispatcher>
  close(): Promise<void>
}

/** `allow`: ranges such as 10.1.0.0/16; empty: every address but those of this machine and of the link. */
export function createSinkReach(
  allow: readonly string[],
  own: () => readonly string[] = ownAddresses,
  resolve: typeof lookup = lookup
): SinkReach {
  const named = new BlockList()
  for (const range of allow) {
    const [address = '', prefix = '32'] = range.split('/')
    named.addSubnet(address, Number(prefix))
  }
  const mayReach = (address: string): boolean => {
    if (allow.length > 0) return isIP(address) === 4 && named.check(address)
    const network = networkOf(address)
    return network !== 'loopback' && network !== 'unusable' && !own().includes(address)
  }
  /** Also called for the names that the system itself knows. */
  const guarded: LookupFunction = (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      const good = error ? [] : found.filter(each => mayReach(each.address))
      const [first] = good
      if (error) done(error, '')
      else if (!first) done(Object.assign(new Error('not an address for sinks'), { code: NOT_ALLOWED }), '')
      else if (options.all) done(null, good)
      else done(null, first.address, first.family)
    })
  }
  const mayName = (host: string) => {
    const plain = host.replace(/^\[|\]$/g, '')
    return isIP(plain) > 0 ? mayReach(plain) : allow.length > 0 || !/(^|\.)localhost\.?$/i.test(plain)
  }
  let agent: Promise<Dispatcher> | undefined
  const dispatcher = () => {
    agent ??= guardedAgent(guarded, mayName)
    return agent
  }
  return { mayReach, mayName, isNarrowed: allow.length > 0, dispatcher, close: async () => (await agent)?.close() }
}

async function guardedAgent(lookup: LookupFunction, mayName: SinkReach['mayName']): Promise<Dispatcher> {
  const { Agent } = await import('undici')
  return new Agent({ connect: { lookup } }).compose(dispatch => (options, handler) => {
    // A literal address is never looked up.
    const { hostname } = new URL(String(options.origin))
    if (!mayName(hostname)) throw Object.assign(new Error('not an address for sinks'), { code: NOT_ALLOWED })
    return dispatch(options, handler)
  })
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(cards => cards?.map(each => each.address) ?? [])
}
