/** 证据: every clip and still with its state, range, gaps, hash, seal and hold; plays in place, shows its custody, leaves the house by export. */

import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../../../gateway/core/incident.ts'
import type { EvidenceRow } from '../../../../../gateway/core/wire.ts'
import { Custody } from '../../../evidence/custody.tsx'
import { whyNotExport } from '../../../evidence/export-draft.ts'
import { CutMark, GapBar, SealMarks } from '../../../evidence/marks.tsx'
import { useEvidenceList } from '../../../evidence/use-evidence-list.ts'
import { evidenceKind, evidenceSpan, isPicture } from '../../../evidence/words.ts'
import { failureText, isSilentItem } from '../../../i18n/failure.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useSession } from '../../../session.tsx'
import { useNow } from '../../../state/clock.ts'
import { madeBy } from '../../../ui/called.ts'
import { Button } from '../../../ui/parts.tsx'
import { PlaybackLink } from '../../../ui/playback-link.tsx'
import { codesOf } from '../../../ui/same-name.ts'
import { bytesText, clockText } from '../../../ui/time.ts'
import { saveEvidence } from '../../../wire/evidence.ts'
import { useFloor } from '../floor-context.tsx'

const ClipPlayer = lazy(() =>
  import('../../../player/clip-player.tsx').then(module => ({ default: module.ClipPlayer }))
)
const VoicePlayer = lazy(() =>
  import('../../../voice/voice-player.tsx').then(module => ({ default: module.VoicePlayer }))
)
const StillPicture = lazy(() =>
  import('../../../player/still-picture.tsx').then(module => ({ default: module.StillPicture }))
)

const ORDER: Readonly<Record<EvidenceItem['kind'], number>> = { voice: 0, clip: 1, preview: 2, still: 3, photo: 4 }

export function Evidence({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user, menu, openMenu } = useFloor()
  const [opened, setOpened] = useState<string>()
  const ready = incident.evidence.filter(item => item.state === 'ready').length
  // Asked again when something became ready, or a dialog that changes holds was closed.
  const again = `${ready}/${menu ?? ''}`
  const list = useEvidenceList({ incidentId: incident.id }, again)
  const rows = new Map(list?.rows.map(row => [row.item.id, row]))
  const why = whyNotExport(user, incident)
  const items = incident.evidence.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.createdAtMs - b.createdAtMs)
  const codeOf = codesOf(items)
  return (
    <section className="block evidence" aria-label={t('floor:evidence.title')}>
      <h3 className="head">
        {t('floor:evidence.title')} <span className="n">{items.length}</span>
        <span className="grow" />
        <Button
          className="small"
          keyCap="⇧E"
          whyNot={why && t(`evidence:refused.${why}`)}
          onClick={() => openMenu('export')}
        >
          {t('evidence:export')}
        </Button>
        <Button
          className="small"
          keyCap="⇧H"
          whyNot={user.role === 'leader' ? undefined : t('evidence:leaderOnly')}
          onClick={() => openMenu('hold')}
        >
          {t('evidence:hold')}
        </Button>
      </h3>
      {items.length === 0 && <p className="m">{t('floor:evidence.none')}</p>}
      {items.map(item => (
        <Item
          key={item.id}
          item={item}
          code={codeOf(item)}
          row={rows.get(item.id)}
          again={again}
          alarmAtMs={incident.openedAtMs}
          open={opened === item.id}
          onOpen={() => setOpened(opened === item.id ? undefined : item.id)}
        />
      ))}
    </section>
  )
}

interface ItemProps {
  readonly item: EvidenceItem
  readonly code: string | undefined
  readonly row: EvidenceRow | undefined
  readonly again: string
  readonly alarmAtMs: number
  readonly open: boolean
  readonly onOpen: () => void
}

function Item({ item, code, row, again, alarmAtMs, open, onOpen }: ItemProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const [custody, setCustody] = useState(false)
  const viewer = useRef<HTMLDivElement>(null)
  // The panel may be low; a muted picture out of sight would not even start.
  useEffect(() => {
    if (open) viewer.current?.scrollIntoView({ block: 'nearest' })
  }, [open])
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const ready = item.state === 'ready'
  const from = item.actualFromMs ?? item.requestedFromMs
  const silent = isSilentItem(item)
  return (
    <div className="item">
      <div className="row g8">
        <span className="el grow">
          {madeBy(item, t)} {code && <span className="d">{code} </span>}
          <span className="m">{evidenceKind(item, t)}</span>
        </span>
        {!ready && (
          <span className={item.state === 'failed' && !silent ? 't-red nw' : 'm nw'}>
            {t(`words:evidenceState.${silent ? 'nothing' : item.state}`)}
          </span>
        )}
        {ready && (
          <>
            <Button className="small" aria-expanded={open} onClick={onOpen}>
              {t(`floor:evidence.${open ? 'hide' : isPicture(item) ? 'look' : 'play'}`)}
            </Button>
            <Button className="small" aria-expanded={custody} onClick={() => setCustody(!custody)}>
              {t('evidence:custodyShort')}
            </Button>
            <Download item={item} />
          </>
        )}
      </div>
      <Facts item={item} row={row} alarmAtMs={alarmAtMs} zone={zone} />
      <CutMark item={item} zone={zone} />
      <GapBar item={item} zone={zone} />
      {custody && <Custody evidenceId={item.id} again={again} />}
      {open && ready && (
        <div ref={viewer}>
          <Suspense fallback={<div className="tile" />}>
            {item.kind === 'voice' ? (
              <VoicePlayer evidenceId={item.id} label={`${madeBy(item, t)} ${clockText(from, zone)}`} />
            ) : isPicture(item) ? (
              <StillPicture evidenceId={item.id} alt={`${madeBy(item, t)} ${clockText(from, zone)}`} />
            ) : (
              <ClipPlayer evidenceId={item.id} controls startMs={from} />
            )}
          </Suspense>
        </div>
      )}
    </div>
  )
}

interface FactsProps extends Pick<ItemProps, 'item' | 'row' | 'alarmAtMs'> {
  readonly zone: string
}

function Facts({ item, row, alarmAtMs, zone }: FactsProps) {
  const { t } = useTranslation()
  const from = item.actualFromMs ?? item.requestedFromMs
  const to = item.actualToMs ?? item.requestedToMs
  const preRollS = Math.round((Math.min(alarmAtMs, to) - from) / 1_000)
  const still = isPicture(item)
  return (
    <div className="item-facts row g8 t12 d">
      <span className="n">
        {item.state === 'recording' ? <Growing item={item} zone={zone} /> : evidenceSpan(item, 0, zone, t)}
      </span>
      {!still && item.actualFromMs !== undefined && preRollS > 0 && (
        <span className="nw">{t('evidence:preRoll', { s: preRollS })}</span>
      )}
      {item.bytes !== undefined && <span className="n">{bytesText(item.bytes)}</span>}
      {item.sha256 && (
        <span className="nw" title={`SHA-256 ${item.sha256}`}>
          SHA-256 {item.sha256.slice(0, 8)}
        </span>
      )}
      <SealMarks row={row} />
      {!item.origin && item.kind !== 'voice' && item.kind !== 'photo' && (
        <PlaybackLink cameras={[item.cameraId]} atMs={from} incidentId={item.incidentId} />
      )}
      {item.failure && !isSilentItem(item) && (
        <span className="el" title={item.failure}>
          {failureText(item.failure, t)}
        </span>
      )}
    </div>
  )
}

function Growing({ item, zone }: Pick<FactsProps, 'item' | 'zone'>) {
  const { t } = useTranslation()
  return evidenceSpan(item, useNow(), zone, t)
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
