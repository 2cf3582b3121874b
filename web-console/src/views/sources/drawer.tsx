/** One source in full: who stands behind it, how it is, its test and what arrived during it, its last frames. */
import { type ReactNode, useEffect, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { SourceDetail, SourceLine } from '../../../../gateway/core/sources.ts'
import { useSession } from '../../session.tsx'
import { Key } from '../../ui/parts.tsx'
import { clockText, dateText } from '../../ui/time.ts'
import { useRecords } from '../../wire/use-records.ts'
import { Frames } from './frames.tsx'
import { OnTest } from './on-test.tsx'
import { peerText } from './peer-text.ts'
import { Cause, nameOf, protocolText, ruleText, State } from './row.tsx'
import { ShelfPart } from './shelf.tsx'

const EVERY_MS = 3_000

interface DrawerProps {
  readonly sourceId: string
  readonly onClose: () => void
}

const STRANGER = 'stranger:'

export function Drawer({ sourceId, onClose }: DrawerProps) {
  const { t } = useTranslation()
  useLayoutEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && onClose()
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [onClose])
  const stranger = sourceId.startsWith(STRANGER) ? sourceId.slice(STRANGER.length) : undefined
  return (
    <aside className="src-drawer panel" aria-label={t('sources:detail', { name: stranger ?? sourceId })}>
      {stranger === undefined ? (
        <Known sourceId={sourceId} onClose={onClose} />
      ) : (
        <>
          <Head name={t('sources:unmapped')} id={stranger} onClose={onClose} />
          <div className="src-drawer-body">
            <Frames id={sourceId} />
          </div>
        </>
      )}
    </aside>
  )
}

function Head({ name, id, onClose }: { readonly name: string; readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <h2 className="head">
      <span className="el">{name}</span>
      <span className="d n el">{id}</span>
      <span className="grow" />
      <button type="button" className="row g6" onClick={onClose}>
        <Key>Esc</Key> {t('sources:close')}
      </button>
    </h2>
  )
}

function Known({ sourceId, onClose }: DrawerProps) {
  const { t } = useTranslation()
  const [detail, again] = useRecords<SourceDetail>(
    `/api/sources/detail?id=${encodeURIComponent(sourceId)}`,
    'sourceTests'
  )
  useEffect(() => {
    const timer = setInterval(again, EVERY_MS)
    return () => clearInterval(timer)
  }, [again])
  const line = detail?.line.id === sourceId ? detail.line : undefined
  return (
    <>
      <Head name={line ? nameOf(line, t) : ''} id={sourceId} onClose={onClose} />
      {detail && line && (
        <div className="src-drawer-body">
          <p>
            <State line={line} /> <Cause line={line} />
          </p>
          {line.kind && <OnTest key={sourceId} detail={detail} onChange={again} />}
          {line.kind && <ShelfPart key={`shelf ${sourceId}`} line={line} />}
          <Facts line={line} />
          <Frames key={`frames ${sourceId}`} id={sourceId} />
        </div>
      )}
    </>
  )
}

function Facts({ line }: { readonly line: SourceLine }) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const heard = line.lastHeardAtMs
  return (
    <section>
      <h3>{t('sources:facts')}</h3>
      <dl className="src-facts">
        <Fact word={t(line.subject.kind === 'vehicle' ? 'sources:firm' : 'sources:address')}>
          {line.subject.address}
        </Fact>
        <Fact word={t('sources:column.phone')}>{line.subject.phone}</Fact>
        <Fact word={t('sources:column.kind')}>{line.kind && t(`words:sourceKind.${line.kind}`)}</Fact>
        <Fact word={t('sources:column.protocol')}>{protocolText(line.protocol, t)}</Fact>
        <Fact word={t('sources:column.rule')}>{ruleText(line.rule, t)}</Fact>
        <Fact word={t('sources:column.heard')}>
          {heard !== undefined && `${dateText(heard, zone, i18n.language)} ${clockText(heard, zone)}`}
        </Fact>
        <Fact word={t('sources:column.origin')}>{line.origin && peerText(line.origin)}</Fact>
        <Fact word={t('sources:model')}>{line.model}</Fact>
        <Fact word={t('sources:column.grid')}>{line.gridCell?.name}</Fact>
      </dl>
    </section>
  )
}

function Fact({ word, children }: { readonly word: string; readonly children: ReactNode }) {
  if (children === undefined || children === '' || children === false) return null
  return (
    <div>
      <dt>{word}</dt>
      <dd className="n">{children}</dd>
    </div>
  )
}
