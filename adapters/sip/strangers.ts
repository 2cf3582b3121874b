/** Callers nobody vouches for: challenged, never answered with 200, and their press is an alarm all the same (rule 7). */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { type Authenticator, credentialOf } from './auth.ts'
import type { SipConfig } from './config.ts'
import { type Dialled, eventIdOf, type Proof, pressSignal, printable, readCaller } from './decode.ts'
import { originOf, type Peer } from './peer.ts'
import type { Outcome, Presses } from './presses.ts'
import type { CheckedRequest } from './request.ts'
import { NO_JOURNAL, type StatelessReplies } from './stateless.ts'
import type { ServerTransaction } from './transaction.ts'
import type { TrunkProof } from './trunk-proof.ts'
import { mayBeTrunk } from './trunks.ts'
import { parseUri } from './uri.ts'

export interface StrangersDeps {
  readonly host: AdapterHost
  readonly config: SipConfig
  readonly auth: Authenticator
  readonly trunkProof: TrunkProof
}

export class Strangers {
  readonly #host: AdapterHost
  readonly #config: SipConfig
  readonly #presses: Presses
  readonly #replies: StatelessReplies
  readonly #auth: Authenticator
  readonly #trunkProof: TrunkProof

  constructor({ host, config, auth, trunkProof }: StrangersDeps, presses: Presses, replies: StatelessReplies) {
    this.#host = host
    this.#config = config
    this.#auth = auth
    this.#trunkProof = trunkProof
    this.#presses = presses
    this.#replies = replies
  }

  /**
   * An INVITE without a log-in: 401. Never a 200, which would be repeated to whoever's address was forged.
   * A telephone that has a log-in gets `proofWaitMs` to use it, so that its press is not shown as unverified first.
   */
  async challenge(request: CheckedRequest, peer: Peer, dialled: Dialled, stale = false): Promise<void> {
    const claimed = parseUri(request.from.uri)
    const user = claimed && claimed.scheme !== 'other' ? claimed.user : ''
    const mayProve =
      mayBeTrunk(this.#config, peer) || (user !== '' && (await credentialOf(this.#host, user, peer)) !== undefined)
    this.#trunkProof.wrongCertificate(request.raw, peer)
    let outcome: Outcome = 'counted'
    // Nobody's household is tested by whoever claims to be calling from it: a test call or an arming counts when it is proven, or not at all.
    if (!dialled.service) this.#host.reject('strangerDialled', originOf(peer), dialled.number)
    else if (!callsForHelp(dialled)) this.#host.reject('unprovenCall', originOf(peer), dialled.number)
    else if (mayProve && this.#config.proofWaitMs > 0) {
      this.#presses.expectProof(this.#signal(request, peer, dialled), peer.address)
    } else outcome = await this.#presses.raiseUnproven(this.#signal(request, peer, dialled), peer.address)
    const challenge = { status: 401, reason: 'Unauthorized', headers: this.#auth.challenge(peer, stale) }
    this.#replies.reply(request.raw, peer, outcome === 'failed' ? NO_JOURNAL : challenge)
  }

  /** An INVITE with a log-in: its proof, or undefined when it has been answered here. */
  async prove(transaction: ServerTransaction, dialled: Dialled): Promise<Proof | undefined> {
    const { request, peer } = transaction
    const verdict = await this.#auth.check(request.raw, peer)
    const eventId = eventIdOf(request.callId)
    if (verdict.kind === 'proven') {
      this.#presses.proven(peer.address, eventId)
      return { kind: 'digest', username: verdict.username }
    }
    // Answered once and forgotten: who cannot prove himself is not sent anything again and again.
    transaction.terminate()
    if (verdict.kind === 'wrong' || verdict.kind === 'paused')
      await this.#wrongPassword(request, peer, dialled, verdict)
    else await this.challenge(request, peer, dialled, verdict.kind === 'stale')
    return undefined
  }

  async #wrongPassword(
    request: CheckedRequest,
    peer: Peer,
    dialled: Dialled,
    { kind, username }: { readonly kind: 'wrong' | 'paused'; readonly username: string }
  ): Promise<void> {
    this.#host.reject(kind === 'paused' ? 'loginPaused' : 'wrongPassword', originOf(peer), printable(username))
    if (kind === 'wrong') this.#trunkProof.wrongLogin(username, peer)
    this.#presses.proofFailed(peer.address, eventIdOf(request.callId))
    const outcome =
      dialled.service && callsForHelp(dialled)
        ? await this.#presses.raiseUnproven(this.#signal(request, peer, dialled), peer.address)
        : 'counted'
    this.#replies.reply(request.raw, peer, outcome === 'failed' ? NO_JOURNAL : { status: 403, reason: 'Forbidden' })
  }

  #signal(request: CheckedRequest, peer: Peer, dialled: Dialled): Signal {
    const caller = readCaller(request, { kind: 'none' }, peer.address, this.#config.localPrefixes)
    // A dialler that is never answered can report nothing: that it called is all that will be known (rule 7).
    const known = dialled.service?.kind === 'detector' ? { number: dialled.number } : dialled
    return pressSignal(request, caller, known, { atMs: this.#host.clock.now(), origin: originOf(peer) })
  }
}

/** What else a number of ours is for is nobody's alarm. */
function callsForHelp({ service }: Dialled): boolean {
  return service?.kind !== 'testCall' && service?.kind !== 'arming'
}
