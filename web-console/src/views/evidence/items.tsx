/** Sealed items, newest first, found by the incident's number or the camera's name; one of them with its custody beside the list. */

import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceList, EvidenceRow } from '../../../../gateway/core/wire.ts'
import { Custody } from '../../evidence/custody.tsx'
import { CutMark, GapBar, SealMarks } from '../../evidence/marks.tsx'
import { evidenceKind } from '../../evidence/words.ts'
import { useSession } from '../../session.tsx'
import { madeBy } from '../../ui/called.ts'
import { Button } from '../../ui/parts.tsx'
import { PlaybackLink } from '../../ui/playback-link.tsx'
import { codesOf } from '../../ui/same-name.ts'
import { bytesText, durationText } from '../../ui/time.ts'
import { siteTimeText } from '../playback/site-time.ts'

export interface ItemsProps {
  readonly list: EvidenceList | undefined
  readonly search: string
  readonly onSearch: (search: string) => void
}

export function Items({ list, search, onSearch }: ItemsProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const [openedId, open] = useState<string>()
  const opened = list?.rows.find(row => row.item.id === openedId)
  const codeOf = codesOf(list?.rows.map(row => row.item) ?? [])
  return (
    <div className="ev-items">
      <section className="ev-list" aria-label={t('evidence:tab.items')}>
        <input
          type="search"
          className="ev-search"
          value={search}
          maxLength={60}
          placeholder={t('evidence:search')}
          aria-label={t('evidence:search')}
          onChange={event => onSearch(event.target.value)}
        />
        {list?.rows.length === 0 && <p className="m">{t('evidence:noneFound')}</p>}
        {list?.rows.map(row => (
          <button
            key={row.item.id}
            type="button"
            className="ev-item"
            aria-pressed={row.item.id === openedId}
            onClick={() => open(row.item.id === openedId ? undefined : row.item.id)}
          >
            <span className="n nw">{row.incidentNumber}</span>
            <span className="el">
              {madeBy(row.item, t)} <Code code={codeOf(row.item)} />
              <span className="m">{evidenceKind(row.item, t)}</span>
            </span>
            <span className="n m">{siteTimeText(fromOf(row), zone)}</span>
            <span className="row g6 ev-marks">
              <SealMarks row={row} />
            </span>
          </button>
        ))}
        {list?.searchedBackToMs !== undefined && (
          <p className="m t12">
            {t('evidence:backTo', { time: siteTimeText(list.searchedBackToMs, zone).slice(0, 16) })}
          </p>
        )}
      </section>
      {opened && <Drawer row={opened} code={codeOf(opened.item)} zone={zone} onClose={() => open(undefined)} />}
    </div>
  )
}

function fromOf({ item }: EvidenceRow): number {
  return item.actualFromMs ?? item.requestedFromMs
}

interface DrawerProps {
  readonly row: EvidenceRow
  readonly code: string | undefined
  readonly zone: string
  readonly onClose: () => void
}

/** Of two cameras of one name. */
const Code = ({ code }: { readonly code: string | undefined }) => code && <span className="d nw">{code} </span>

function Drawer({ row, code, zone, onClose }: DrawerProps) {
  const { t } = useTranslation()
  const { item } = row
  const fromMs = fromOf(row)
  const toMs = item.actualToMs ?? item.requestedToMs
  return (
    <aside className="ev-drawer" aria-label={t('evidence:custody')}>
      <div className="row g8">
        <h2 className="el">{madeBy(item, t)}</h2>
        <Code code={code} />
        <span className="m nw">{evidenceKind(item, t)}</span>
        <span className="grow" />
        <Button onClick={onClose}>{t('wall:shut')}</Button>
      </div>
      <div className="row g6 ev-marks">
        <SealMarks row={row} />
      </div>
      <p className="n">
        {siteTimeText(fromMs, zone)}
        {item.kind !== 'still' && item.kind !== 'photo' && ` · ${durationText(toMs - fromMs, t)}`}
        {item.bytes !== undefined && ` · ${bytesText(item.bytes)}`}
      </p>
      <CutMark item={item} zone={zone} />
      <GapBar item={item} zone={zone} />
      {item.sha256 && <p className="m t12 ev-hash">SHA-256 {item.sha256}</p>}
      {!item.origin && item.kind !== 'voice' && item.kind !== 'photo' && (
        <p>
          <PlaybackLink cameras={[item.cameraId]} atMs={fromMs} incidentId={item.incidentId} />
        </p>
      )}
      <h3 className="head">{t('evidence:custody')}</h3>
      <Custody evidenceId={item.id} />
    </aside>
  )
}
