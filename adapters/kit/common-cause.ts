/**
 * Those who fall silent together have one cause: everything behind an address, a whole fleet, or a crowd within half a minute is one trouble
 * of what they share, and theirs are inhibited. It is over when half of them are back; who is still away then has the full time anew.
 */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Words } from '../../gateway/core/words.ts'
import type { Trouble, Troubles } from './troubles.ts'

/** Lost within this time of one another. */
const TOGETHER_MS = 30_000
/** So many lost together are no accident, and in a large fleet this part of it. */
const CROWD = 10
const CROWD_SHARE = 0.05
/** Fewer than these are told one by one, unless they share an address. */
const FLEET = 3

/** One that is supervised, as it stands now. */
export interface Lost {
  readonly native: string
  /** Unknown after a restart of a protocol that does not keep it. */
  readonly address?: string
  /** Its last word, or when it went. */
  readonly lastMs: number
  readonly away: boolean
  /** Its absence is told already, by itself or by what it shares. */
  readonly told: boolean
}

export interface CommonWords {
  readonly protocol: string
  readonly zh: string
  readonly en: string
}

export interface CommonCauses {
  /** True while what it shares with others is the trouble. */
  covers(native: string): boolean
  /** Whom a common trouble, open or told now, inhibits from here on: this one among them, or nobody. */
  cover(one: Lost, all: readonly Lost[], origin: string): readonly string[]
  /** It is here again, or nobody waits for it; whoever is given has its full time anew, since the common trouble is over. */
  back(native: string, address: string | undefined): readonly string[]
  /** After a restart: a common trouble that is open is that of all who share it. */
  resume(all: readonly Lost[]): void
}

interface Open {
  readonly members: Set<string>
  readonly origin: string
  size: number
  lastMs: number
}

/** The line of the protocol itself: its listener, its carrier. */
const LINE = 'line'
/** What ends the trouble of an address behind which all were silent. */
export const ADDRESS_BACK: Words = { zh: '此地址下的设备已恢复联系', en: 'Devices behind this address are heard again' }

const gatewayAt = (address: string) => `gateway@${address}`

export function createCommonCauses(host: AdapterHost, troubles: Troubles, words: CommonWords): CommonCauses {
  const open = new Map<string, Open>()
  const keyOf = new Map<string, string>()

  const troubleOf = (key: string, origin: string, count: number): Trouble => ({
    sourceId: id<SourceId>(`${words.protocol}:${key}`),
    ...{ cause: 'offline', origin },
    ...(key === LINE
      ? {
          said: {
            zh: `${count} ${words.zh}同时失联：查线路和运营商`,
            en: `${count} ${words.en} lost together: look at the line and the carrier`
          },
          over: { zh: '同时失联的设备大多已恢复联系', en: `Most of the ${words.en} lost together are heard again` }
        }
      : {
          said: {
            zh: `此地址下 ${count} ${words.zh}全部失联`,
            en: `All ${count} ${words.en} behind this address are silent`
          },
          over: ADDRESS_BACK
        })
  })
  const isTold = (key: string) => Boolean(host.recall(`trouble:offline:${words.protocol}:${key}`))
  const add = (key: string, members: readonly Lost[], origin: string): readonly string[] => {
    const cause = open.get(key) ?? { members: new Set<string>(), origin, size: 0, lastMs: 0 }
    open.set(key, cause)
    for (const { native, lastMs } of members) {
      cause.members.add(native)
      keyOf.set(native, key)
      cause.lastMs = Math.max(cause.lastMs, lastMs)
    }
    cause.size = Math.max(cause.size, cause.members.size)
    return members.map(({ native }) => native)
  }
  /** Of one whose common trouble is told already. */
  const joined = ({ address, lastMs }: Lost): string | undefined => {
    if (address !== undefined && open.has(gatewayAt(address))) return gatewayAt(address)
    const line = open.get(LINE)
    return line && Math.abs(lastMs - line.lastMs) <= TOGETHER_MS ? LINE : undefined
  }
  const end = (key: string, cause: Open): readonly string[] => {
    open.delete(key)
    for (const native of cause.members) keyOf.delete(native)
    troubles.set(troubleOf(key, cause.origin, cause.size), false)
    return [...cause.members]
  }

  return {
    covers: native => keyOf.has(native),
    cover(one, all, origin) {
      const known = joined(one)
      if (known) return add(known, [one], origin)
      const cause = commonCauseOf(one, all)
      if (!cause) return []
      const natives = add(cause.key, cause.members, origin)
      troubles.set(troubleOf(cause.key, origin, natives.length), true)
      return natives
    },
    back(native, address) {
      const key = keyOf.get(native)
      keyOf.delete(native)
      // One that was told before a restart and has nobody left.
      for (const old of [LINE, ...(address === undefined ? [] : [gatewayAt(address)])])
        if (!open.has(old) && isTold(old)) troubles.set(troubleOf(old, `tcp ${address ?? 'unknown'}:0`, 0), false)
      const cause = key === undefined ? undefined : open.get(key)
      if (key === undefined || !cause) return []
      cause.members.delete(native)
      return cause.members.size * 2 <= cause.size ? end(key, cause) : []
    },
    resume(all) {
      const addresses = new Set(all.flatMap(({ address }) => address ?? []))
      for (const address of addresses)
        if (isTold(gatewayAt(address))) {
          const behind = all.filter(each => each.address === address && !each.told)
          if (behind.length > 0) add(gatewayAt(address), behind, `tcp ${address}:0`)
        }
      const rest = all.filter(({ native, told }) => !told && !keyOf.has(native))
      if (isTold(LINE) && rest.length > 0) add(LINE, rest, 'tcp unknown')
    }
  }
}

/** What this one's absence has in common with that of others who are not told yet; pure. */
export function commonCauseOf(
  one: Lost,
  all: readonly Lost[]
): { readonly key: string; readonly members: readonly Lost[] } | undefined {
  const awaited = all.filter(({ told }) => !told)
  const away = awaited.filter(each => each.away)
  const { address } = one
  const behind = address === undefined ? [] : awaited.filter(each => each.address === address)
  const wholeAddress = behind.length > 1 && behind.every(each => each.away)
  if (away.length === awaited.length && away.length >= FLEET && behind.length < away.length)
    return { key: LINE, members: away }
  if (address !== undefined && wholeAddress) return { key: gatewayAt(address), members: behind }
  const together = away.filter(({ lastMs }) => Math.abs(lastMs - one.lastMs) <= TOGETHER_MS)
  if (together.length < Math.max(CROWD, awaited.length * CROWD_SHARE)) return undefined
  return { key: LINE, members: together }
}
