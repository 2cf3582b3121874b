/** 一键群呼 on the leader's board: start one, see who has confirmed while it lasts, end it; the last ones below. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupCallHead, GroupCalls, GroupCallView, GroupParty } from '../../../../../gateway/core/group-call.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useSession } from '../../../session.tsx'
import { useNow } from '../../../state/clock.ts'
import { Button } from '../../../ui/parts.tsx'
import { clockText, etaText } from '../../../ui/time.ts'
import { post } from '../../../wire/api.ts'
import { usePolled } from '../../../wire/use-polled.ts'
import { GroupCallSheet } from './sheet.tsx'
import './group.css'

const ASK_MS = 1_500
const PAST_SHOWN = 3

export function GroupCallPanel() {
  const { t } = useTranslation()
  const [calls, again] = usePolled<GroupCalls>('/api/group-calls', ASK_MS)
  const [asking, setAsking] = useState(false)
  const open = calls?.open
  return (
    <section className="panel admin-panel group-panel">
      <h2 className="head">
        {t('group:title')}
        <span className="grow" />
        <Button
          className="small"
          aria-haspopup="dialog"
          whyNot={open && t('group:oneAtATime')}
          onClick={() => setAsking(true)}
        >
          {t('group:start')}
        </Button>
      </h2>
      {open ? <OpenCall call={open} onEnded={again} /> : <Past past={calls?.past ?? []} />}
      {asking && (
        <GroupCallSheet
          onClose={() => setAsking(false)}
          onStarted={() => {
            setAsking(false)
            again()
          }}
        />
      )}
    </section>
  )
}

function OpenCall({ call, onEnded }: { readonly call: GroupCallView; readonly onEnded: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const [state, setState] = useState<'ready' | 'sending'>('ready')
  const [refused, setRefused] = useState('')
  const { counts, kind, place, text, by, atMs } = call
  const end = async () => {
    setState('sending')
    try {
      await post(`/api/group-calls/${call.id}/end`)
      onEnded()
    } catch (error) {
      setRefused(refusalText(error, t))
    } finally {
      setState('ready')
    }
  }
  return (
    <div className="admin-pad group-open">
      <p className="row g12">
        <b className="t15">{t(`group:kind.${kind}`)}</b>
        <span className="grow">{[place, text].filter(Boolean).join(' · ')}</span>
        <span className="m n">{t('group:by', { name: by, age: etaText(Math.max(0, now - atMs) / 1_000, t) })}</span>
        <Button className="small" state={state} onClick={end}>
          {t('group:end')}
        </Button>
      </p>
      {refused && <p className="t-red">{refused}</p>}
      <p className="m t12">{t('group:oneAtATime')}</p>
      <p className="row g12" role="status">
        <b className={counts.confirmed === counts.all ? 'n t-ok' : 'n'}>
          {t('group:confirmed', { n: counts.confirmed, all: counts.all })}
        </b>
        <span className="n">{t('group:reached', { n: counts.reached })}</span>
        <span className={counts.unreached > 0 ? 'n t-amb' : 'n'}>{t('group:unreached', { n: counts.unreached })}</span>
      </p>
      <ul className="group-parties" aria-label={t('group:units')}>
        {call.parties.map(party => (
          <PartyRow key={party.unitId} party={party} />
        ))}
      </ul>
      {counts.all > call.parties.length && (
        <p className="d">{t('board:more', { n: counts.all - call.parties.length })}</p>
      )}
    </div>
  )
}

function PartyRow({ party }: { readonly party: GroupParty }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const { word, tone } = partyWord(party)
  const at = party.confirmed?.atMs
  return (
    <li className="row g8">
      <span className={tone === 'ok' ? 'dot' : 'dot amb'} />
      <span className="grow el">{party.name}</span>
      <span className={tone === 'ok' ? 't-ok' : tone === 'bad' ? 't-amb' : 'm'}>
        {t(`group:state.${word}`, { name: party.confirmed?.name ?? '', n: party.call?.tries ?? 0 })}
      </span>
      {at !== undefined && <time className="n d">{clockText(at, site?.timeZone ?? 'Asia/Shanghai')}</time>}
    </li>
  )
}

/** The furthest that it has come. */
function partyWord({ confirmed, shownAtMs, call }: GroupParty): {
  readonly word: string
  readonly tone: 'ok' | 'plain' | 'bad'
} {
  if (confirmed) return { word: confirmed.by === 'phone' ? 'confirmedPhone' : 'confirmedTelephone', tone: 'ok' }
  if (call?.state === 'answered') return { word: call.heardAtMs === undefined ? 'answered' : 'heard', tone: 'plain' }
  if (call?.state === 'ringing') return { word: 'ringing', tone: 'plain' }
  if (shownAtMs !== undefined) return { word: 'shown', tone: 'plain' }
  if (call?.heardAtMs !== undefined) return { word: 'heard', tone: 'plain' }
  if (call?.state === 'waiting') return { word: call.tries === 0 ? 'waiting' : 'again', tone: 'plain' }
  return call ? { word: 'notAnswered', tone: 'bad' } : { word: 'notShown', tone: 'bad' }
}

function Past({ past }: { readonly past: readonly GroupCallHead[] }) {
  const { t } = useTranslation()
  const { site } = useSession()
  if (past.length === 0) return <p className="m admin-pad">{t('group:none')}</p>
  return (
    <ul className="admin-pad group-past">
      {past.slice(0, PAST_SHOWN).map(({ id, atMs, by, kind, place, text, units, end }) => (
        <li key={id} className="row g12">
          <time className="n m">{clockText(atMs, site?.timeZone ?? 'Asia/Shanghai')}</time>
          <b>{t(`group:kind.${kind}`)}</b>
          <span className="grow el">{[place, text].filter(Boolean).join(' · ')}</span>
          <span className="m el">{by}</span>
          <span className="n">{t('group:confirmed', { n: end?.confirmed ?? 0, all: units })}</span>
          <span className="m">{end && t(`group:how.${end.how}`)}</span>
        </li>
      ))}
    </ul>
  )
}
