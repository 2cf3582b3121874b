/** Exchanges that call us and cannot prove who they are, or whose certificate has expired: told to log and floor, until the next call that proves it. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Words } from '../../gateway/core/words.ts'
import { createTroubles, type Troubles } from '../kit/troubles.ts'
import type { SipConfig, Trunk } from './config.ts'
import { header, type SipRequest } from './frame.ts'
import { originOf, type Peer } from './peer.ts'
import { mayShowCertificate, trunkOfLogin } from './trunks.ts'

/** One that has proven itself within this time is not the one that shows a wrong certificate, where another could be. */
const LATELY_MS = 3_600_000
/** Anybody can call himself an exchange, and the real one ends the trouble with its next call: told no more often. */
const TOLD_EVERY_MS = 600_000

export class TrunkProof {
  readonly #host: AdapterHost
  readonly #config: SipConfig
  readonly #troubles: Troubles
  readonly #provenMs = new Map<Trunk, number>()
  readonly #toldMs = new Map<Trunk, number>()

  constructor(host: AdapterHost, config: SipConfig) {
    this.#host = host
    this.#config = config
    this.#troubles = createTroubles(host, 'panicPhone')
  }

  /** A call with the log-in of an exchange and another password. */
  wrongLogin(username: string, peer: Peer): void {
    const trunk = trunkOfLogin(this.#config, peer, username)
    if (trunk)
      this.#refused(trunk, peer, {
        zh: `交换机 ${trunk.name} 登录口令不对（账号 ${username}），它转来的报警都按未核实处理`,
        en: `The exchange ${trunk.name} logs in with a wrong password (${username}); its alarms count as unverified`
      })
  }

  /** A call that asserts its caller's identity, as only exchanges do, over TLS and without the certificate of one. */
  wrongCertificate(raw: SipRequest, peer: Peer): void {
    if (peer.transport !== 'tls' || header(raw, 'p-asserted-identity') === undefined) return
    const nowMs = this.#host.clock.now()
    const possible = this.#config.trunks.filter(trunk => mayShowCertificate(trunk, peer))
    if (possible.length === 0) return
    const shown = peer.shown?.fingerprint
    this.#host.reject('wrongCertificate', originOf(peer), shown ?? 'none')
    const silent = possible.filter(trunk => nowMs - (this.#provenMs.get(trunk) ?? 0) > LATELY_MS)
    for (const trunk of silent.length > 0 ? silent : possible)
      this.#refused(trunk, peer, {
        zh: `交换机 ${trunk.name} ${shown ? `换了证书（SHA-256 ${shown}）` : '没有出示证书'}，与设置不符，它转来的报警都按未核实处理`,
        en: `The exchange ${trunk.name} shows ${shown ? `another certificate than its setting (SHA-256 ${shown})` : 'no certificate'}; its alarms count as unverified`
      })
  }

  /** Whatever comes from an exchange that is who it says. */
  proven(trunk: Trunk, peer: Peer): void {
    if (trunk.certificate === undefined && trunk.login === undefined) return
    this.#provenMs.set(trunk, this.#host.clock.now())
    this.#tell(trunk, 'trunk-proof', peer, false)
    const { shown } = peer
    if (!shown || trunk.certificate === undefined) return
    // It is known by its fingerprint, so an alarm line is not cut for a date; whoever replaces it must enter the new one.
    const expired = shown.validToMs < this.#host.clock.now()
    const day = new Date(shown.validToMs).toISOString().slice(0, 10)
    this.#tell(trunk, 'trunk-expired', peer, expired, {
      zh: `交换机 ${trunk.name} 的证书已于 ${day} 到期，报警照常接收；换新证书时设置里的指纹要一起换`,
      en: `The certificate of the exchange ${trunk.name} expired on ${day}, its alarms are taken as before; enter the fingerprint of the new one when it is replaced`
    })
  }

  stop(): void {
    this.#troubles.stop()
  }

  #refused(trunk: Trunk, peer: Peer, said: Words): void {
    const nowMs = this.#host.clock.now()
    if (nowMs - (this.#toldMs.get(trunk) ?? 0) < TOLD_EVERY_MS) return
    this.#toldMs.set(trunk, nowMs)
    this.#host.log.warn({ trunk: trunk.name, origin: originOf(peer), said: said.en }, 'an exchange is not proven')
    this.#tell(trunk, 'trunk-proof', peer, true, said)
  }

  #tell(trunk: Trunk, cause: 'trunk-proof' | 'trunk-expired', peer: Peer, present: boolean, said?: Words): void {
    const sourceId = id<SourceId>(`sip:trunk/${trunk.name}`)
    this.#troubles.set({ sourceId, cause, origin: originOf(peer), said }, present)
  }
}
