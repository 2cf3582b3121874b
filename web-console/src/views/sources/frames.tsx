/** 最近报文: the last frames of a source, decoded beside their bytes, so that a wrong CRC, clock, key, account or code is seen at once. */
import type { TFunction } from 'i18next'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FrameView, SourceFrames } from '../../../../gateway/core/trace.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText, dateText, spanText } from '../../ui/time.ts'
import { get } from '../../wire/api.ts'
import { peerText } from './peer-text.ts'

type Field = FrameView['fields'][number]
/** A clock that is off by less is as good as right. */
const CLOCK_GOOD_MS = 10_000
const ROW_BYTES = 16

/** Asked for once and by the button: each reading stands in the audit log. */
export function Frames({ id }: { readonly id: string }) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const sinceText = (ms: number) => `${dateText(ms, zone, i18n.language)} ${clockText(ms, zone)}`
  const [reading, setReading] = useState<{ readonly data?: SourceFrames; readonly failed?: string }>({})
  const ask = useCallback(async () => {
    try {
      setReading({ data: await get<SourceFrames>(`/api/sources/frames?id=${encodeURIComponent(id)}`) })
    } catch (error) {
      setReading(before => ({ ...before, failed: refusalText(error, t) }))
    }
  }, [id, t])
  useEffect(() => void ask(), [ask])
  const { data, failed } = reading
  return (
    <section className="src-frames" aria-label={t('sources:frames.title')}>
      <h3 className="row g8">
        {t('sources:frames.title')}
        <Button onClick={() => void ask()}>{t('sources:frames.again')}</Button>
        <span className="d t12">{t('sources:frames.audited')}</span>
        {data && <span className="d t12">{t('sources:frames.since', { at: sinceText(data.sinceMs) })}</span>}
      </h3>
      {failed && <p className="t-amb">{failed}</p>}
      {data?.frames.length === 0 && <p className="d">{t('sources:frames.none')}</p>}
      {data?.frames.map(frame => (
        <Frame key={frame.n} frame={frame} first={frame === data.frames.find(each => !each.out)} />
      ))}
    </section>
  )
}

function Frame({ frame, first }: { readonly frame: FrameView; readonly first: boolean }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const [pointed, setPointed] = useState<Field>()
  const wrong = wrongOf(frame, t)
  return (
    <details className="src-frame" open={first}>
      <summary className="row g8">
        <time className="n">{clockText(frame.atMs, site?.timeZone ?? 'Asia/Shanghai')}</time>
        <span>{t(frame.out ? 'sources:frames.out' : 'sources:frames.in')}</span>
        <span className="d n">{t('sources:frames.bytes', { n: frame.length })}</span>
        {wrong.map(word => (
          <span key={word} className="chip amber">
            {word}
          </span>
        ))}
      </summary>
      <p className="d n t12">{peerText(frame.origin)}</p>
      {frame.fields.length === 0 ? (
        <p className="m">{t('sources:frames.unreadable')}</p>
      ) : (
        <table>
          <tbody>
            {frame.fields.map(field => (
              <tr
                key={`${field.offset} ${field.length} ${field.name}`}
                className={field.fault || isOff(field) ? 'wrong' : ''}
                onPointerEnter={() => setPointed(field)}
                onPointerLeave={() => setPointed(undefined)}
              >
                <th scope="row">{nameOf(field, t)}</th>
                <td className="n">
                  {field.value}
                  <Wrong field={field} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Dump hex={frame.hex} length={frame.length} pointed={pointed} />
    </details>
  )
}

function Wrong({ field }: { readonly field: Field }) {
  const { t } = useTranslation()
  const off = field.offMs
  return (
    <>
      {field.fault && (
        <b className="t-amb">
          {' '}
          {field.expected === undefined
            ? t(`sources:frames.fault.${field.fault}`)
            : t('sources:frames.expected', { expected: field.expected })}
        </b>
      )}
      {off !== undefined && <span className={isOff(field) ? 't-amb' : 'm'}> {offText(off, t)}</span>}
    </>
  )
}

/** Offset, sixteen bytes, and what of them can be read; the field under the pointer stands out. */
function Dump({
  hex,
  length,
  pointed
}: {
  readonly hex: string
  readonly length: number
  readonly pointed: Field | undefined
}) {
  const { t } = useTranslation()
  const count = hex.length / 2
  const rows = Array.from({ length: Math.ceil(count / ROW_BYTES) }, (_, row) => row * ROW_BYTES)
  const lit = (at: number) => pointed !== undefined && at >= pointed.offset && at < pointed.offset + pointed.length
  return (
    <div className="src-dump n" role="img" aria-label={t('sources:frames.dump', { n: count })}>
      {rows.map(row => (
        <div key={row}>
          <span className="d">{row.toString(16).padStart(4, '0')}</span>
          <span>
            {bytesOf(hex, row).map(({ at, byte }) => (
              <i key={at} className={lit(at) ? 'lit' : ''}>
                {byte}
              </i>
            ))}
          </span>
          <span>
            {bytesOf(hex, row).map(({ at, byte }) => (
              <i key={at} className={lit(at) ? 'lit' : ''}>
                {printable(byte)}
              </i>
            ))}
          </span>
        </div>
      ))}
      {count > 0 && count < length && <p className="d">{t('sources:frames.cut', { n: length - count })}</p>}
    </div>
  )
}

function bytesOf(hex: string, row: number) {
  const end = Math.min(hex.length / 2, row + ROW_BYTES)
  return Array.from({ length: end - row }, (_, n) => ({
    at: row + n,
    byte: hex.slice((row + n) * 2, (row + n) * 2 + 2)
  }))
}

function printable(byte: string): string {
  const code = Number.parseInt(byte, 16)
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·'
}

const isOff = ({ offMs }: Field): boolean => offMs !== undefined && Math.abs(offMs) >= CLOCK_GOOD_MS

function offText(offMs: number, t: TFunction): string {
  if (Math.abs(offMs) < 1_000) return t('sources:frames.clockRight')
  return t(offMs > 0 ? 'sources:frames.ahead' : 'sources:frames.behind', { span: spanText(Math.abs(offMs), t) })
}

function nameOf(field: Field, t: TFunction): string {
  return t([`sources:field.${field.name}`, field.name])
}

/** What is wrong with it, in a few words for the closed row: why it was not taken, then what the bytes show. */
function wrongOf({ fault, fields }: FrameView, t: TFunction): readonly string[] {
  // A refusal for a wrong check names the field already.
  const shown = fields
    .filter(field => !fault || field.fault !== 'wrong')
    .flatMap(field =>
      field.fault ? [nameOf(field, t)] : isOff(field) ? [`${nameOf(field, t)} ${offText(field.offMs ?? 0, t)}`] : []
    )
  const reason = fault && t([`sources:frames.reason.${fault}`, fault])
  return [...new Set([...(reason ? [reason] : []), ...shown])].slice(0, 4)
}
