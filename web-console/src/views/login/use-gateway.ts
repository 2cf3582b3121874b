/** The gateway as it is while somebody stands before the log-in: which seats are taken now, and how far its clock is from this machine's. */
import { useEffect, useState } from 'react'
import type { SiteInfo } from '../../../../gateway/core/wire.ts'
import { get } from '../../wire/api.ts'

const ASK_MS = 10_000

export interface Gateway {
  /** The last answer; undefined until there was one. */
  readonly site: SiteInfo | undefined
  /** This machine's time in the middle of that asking. */
  readonly atMs: number
  /** False while it does not answer. */
  readonly answers: boolean
}

/** Which words say how the gateway is: one that answers and can store nothing takes no alarm. */
export function gatewayWord({ site, answers }: Pick<Gateway, 'site' | 'answers'>) {
  if (!answers || !site) return 'gatewaySilent'
  return site.stores ? 'gatewayOk' : 'gatewayFull'
}

/** Asked when the page appears, so after a log-out too, and again and again while it stands. */
export function useGateway(): Gateway {
  const [gateway, setGateway] = useState<Gateway>({ site: undefined, atMs: 0, answers: false })
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      const sentMs = Date.now()
      const site = await get<SiteInfo>('/api/site').catch(() => undefined)
      if (gone) return
      setGateway(before =>
        site ? { site, atMs: (sentMs + Date.now()) / 2, answers: true } : { ...before, answers: false }
      )
      timer = setTimeout(ask, ASK_MS)
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [])
  return gateway
}
