/** What an INVITE, re-INVITE or UPDATE offers, or why that cannot be read; pure. */
import { header, type SipRequest } from './frame.ts'
import { type Refusal, unreadableBody } from './request.ts'
import { type Offer, parseOffer, type Secrecy } from './sdp.ts'

/** `offer` is undefined where it has none. */
export function readOffer(
  raw: SipRequest,
  secrecy: Secrecy
): { readonly offer: Offer | undefined } | { readonly refusal: Refusal } {
  const unreadable = unreadableBody(raw)
  if (unreadable) return { refusal: unreadable }
  const isSdp = header(raw, 'content-type')?.toLowerCase().startsWith('application/sdp')
  if (raw.body.length === 0 || !isSdp) return { offer: undefined }
  const offer = parseOffer(raw.body, secrecy)
  if (offer === 'malformed') return { refusal: { status: 400, reason: 'Bad Request (sdp)' } }
  return offer === 'noAudio' ? { refusal: { status: 488, reason: 'Not Acceptable Here' } } : { offer }
}
