/** 证据: every clip and still with its state, length, gaps and hash; plays in place, downloads by ticket. */
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../../../gateway/core/incident.ts'
import { failureText } from '../../../i18n/failure.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useSession } from '../../../session.tsx'
import { Button } from '../../../ui/parts.tsx'
import { bytesText, clockText, spanText } from '../../../ui/time.ts'
import { saveEvidence } from '../../../wire/evidence.ts'

const ClipPlayer = lazy(() =>
  import('../../../player/clip-player.tsx').then(module => ({ default: module.ClipPlayer }))
)
const StillPicture = lazy(() =>
  import('../../../player/still-picture.tsx').then(module => ({ default: module.StillPicture }))
)

const ORDER: Readonly<Record<EvidenceItem['kind'], number>> = { clip: 0, preview: 1, still: 2 }

export function Evidence({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<string>()
  const items = incident.evidence.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.createdAtMs - b.createdAtMs)
  return (
    <section className="block evidence" aria-label={t('floor:evidence.title')}>
      <h3 className="head">
        {t('floor:evidence.title')} <span className="n">{items.length}</span>
        <span className="grow" />
        <span className="head-note">{t('floor:evidence.sealed')}</span>
      </h3>
      {items.length === 0 && <p className="m">{t('floor:evidence.none')}</p>}
      {items.map(item => (
        <Item
          key={item.id}
          item={item}
          open={opened === item.id}
          onOpen={() => setOpened(opened === item.id ? undefined : item.id)}
        />
      ))}
    </section>
  )
}

interface ItemProps {
  readonly item: EvidenceItem
  readonly open: boolean
  readonly onOpen: () => void
}

function Item({ item, open, onOpen }: ItemProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const ready = item.state === 'ready'
  const from = item.actualFromMs ?? item.requestedFromMs
  const to = item.actualToMs ?? item.requestedToMs
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const still = item.kind === 'still'
  const show = still ? 'look' : 'play'
  return (
    <div className="item">
      <div className="row g8">
        <span className="el grow">
          {item.cameraName} <span className="m">{t(`words:evidence.${item.kind}`)}</span>
        </span>
        {!ready && (
          <span className={item.state === 'failed' ? 't-red nw' : 'm nw'}>
            {t(`words:evidenceState.${item.state}`)}
          </span>
        )}
        {ready && (
          <Button className="small" aria-expanded={open} onClick={onOpen}>
            {t(`floor:evidence.${open ? 'hide' : show}`)}
          </Button>
        )}
        {ready && <Download item={item} />}
      </div>
      <div className="row g8 t12 d">
        <span className="n">
          {still ? clockText(from, zone) : `${clockText(from, zone)} · ${spanText(to - from, t)}`}
        </span>
        {item.gapMs !== undefined && item.gapMs > 0 && (
          <span className="t-amb nw">{t('floor:evidence.gap', { span: spanText(item.gapMs, t) })}</span>
        )}
        {item.bytes !== undefined && <span className="n">{bytesText(item.bytes)}</span>}
        {item.sha256 && (
          <span className="el" title={`SHA-256 ${item.sha256}`}>
            SHA-256 {item.sha256.slice(0, 12)}
          </span>
        )}
        {item.failure && (
          <span className="el" title={item.failure}>
            {failureText(item.failure, t)}
          </span>
        )}
      </div>
      {open && ready && (
        <Suspense fallback={<div className="tile" />}>
          {still ? (
            <StillPicture evidenceId={item.id} alt={`${item.cameraName} ${clockText(from, zone)}`} />
          ) : (
            <ClipPlayer evidenceId={item.id} controls startMs={from} />
          )}
        </Suspense>
      )}
    </div>
  )
}

function Download({ item }: { readonly item: EvidenceItem }) {
  const { t } = useTranslation()
  const [state, setState] = useState<'ready' | 'sending' | 'refused'>('ready')
  const [why, setWhy] = useState<string>()
  const download = async () => {
    setState('sending')
    try {
      await saveEvidence(item)
      setState('ready')
    } catch (error) {
      setWhy(refusalText(error, t))
      setState('refused')
    }
  }
  return (
    <Button className="small" state={state} title={why} onClick={() => void download()}>
      {t(state === 'refused' ? 'floor:evidence.again' : 'floor:evidence.save')}
    </Button>
  )
}
