/** 车载终端登记: terminals of no registry that ask to be taken; the administrator says whose vehicle each is, or refuses it. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RegistrationList, VehicleChoice } from '../../../../gateway/core/registration.ts'
import { Failed } from '../../ui/failed.tsx'
import { Button } from '../../ui/parts.tsx'
import { get, post, Refusal, type RefusalCode } from '../../wire/api.ts'
import { Ago, State, Table } from './table.tsx'

const EVERY_MS = 3_000
const MAX_TEXT = 40
type Row = RegistrationList['registrations'][number]

/** Asked again after every decision, and every three seconds; the last good list stays while the gateway does not answer. */
function useRegistrations(): { readonly list?: RegistrationList; readonly renew: () => void } {
  const [list, setList] = useState<RegistrationList>()
  const [asked, setAsked] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew after a decision
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      const found = await get<RegistrationList>('/api/registrations').catch(() => undefined)
      if (gone) return
      if (found) setList(found)
      timer = setTimeout(() => void ask(), EVERY_MS)
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [asked])
  return { list, renew: () => setAsked(n => n + 1) }
}

export function RegistrationTable() {
  const { t } = useTranslation()
  const { list, renew } = useRegistrations()
  if (!list) return null
  const columns = [
    { word: t('admin:terminal') },
    { word: t('admin:plate') },
    { word: t('admin:model') },
    { word: t('admin:state') },
    { word: t('admin:tried'), right: true },
    { word: t('admin:vehicle') },
    { word: t('admin:decision') }
  ]
  const full = list.notListed > 0 && <span className="t-amb t12">{t('admin:notListed', { n: list.notListed })}</span>
  return (
    <div className="registrations">
      <Table
        title={t('admin:registrations')}
        count={list.registrations.length}
        columns={columns}
        empty={t('admin:noRegistrations')}
        aside={full}
      >
        {list.registrations.map(row => (
          <RegistrationRow key={`${row.source} ${row.other ? row.terminalId : ''}`} row={row} renew={renew} />
        ))}
      </Table>
    </div>
  )
}

function RegistrationRow({ row, renew }: { readonly row: Row; readonly renew: () => void }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<string>()
  const [sending, setSending] = useState(false)
  const [failed, setFailed] = useState<RefusalCode>()
  const vehicle = chosen ?? row.vehicle?.id ?? ''
  const decide = async (what: 'approve' | 'refuse') => {
    setSending(true)
    setFailed(undefined)
    try {
      await send(row, what, vehicle)
      renew()
    } catch (error) {
      setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
    }
    setSending(false)
  }
  const approved = row.state === 'approved'
  return (
    <tr>
      <td className="n admin-detail" title={`${row.source} · ${row.origin}`}>
        {row.source} <span className="d">{row.terminalId}</span>
      </td>
      <td>{row.plate || '–'}</td>
      <td className="m admin-detail">{`${row.maker} ${row.model}`.trim() || '–'}</td>
      <td>
        <State state={approved ? 'online' : row.state} word={t(`admin:registration.${row.state}`)} />
        {row.by && <span className="d t12"> {row.by}</span>}
        {row.other && <Other row={row} />}
      </td>
      <td className="right">
        <Ago atMs={row.lastMs} /> <span className="d n">{t('admin:times', { count: row.tries })}</span>
      </td>
      <td>
        {approved || row.other ? (
          (row.vehicle?.name ?? <span className="t-amb">{t('admin:vehicleGone')}</span>)
        ) : (
          <VehiclePicker proposed={row.vehicle} chosen={vehicle} onChoose={setChosen} />
        )}
      </td>
      <td>
        <span className="row g6">
          {!approved && (
            <Button
              state={sending ? 'sending' : 'ready'}
              whyNot={vehicle === '' ? t('admin:chooseVehicle') : undefined}
              onClick={() => void decide('approve')}
            >
              {t(row.other ? 'admin:takeOther' : 'admin:approve')}
            </Button>
          )}
          {row.state !== 'refused' && (
            <Button danger state={sending ? 'sending' : 'ready'} onClick={() => void decide('refuse')}>
              {t(approved ? 'admin:takeBack' : 'admin:refuse')}
            </Button>
          )}
        </span>
        <Failed code={failed} />
      </td>
    </tr>
  )
}

/** Another terminal than before keeps the number's vehicle; any other stands for the one that was chosen. */
function send({ source, other, terminalId }: Row, what: 'approve' | 'refuse', subjectId: string): Promise<unknown> {
  if (other)
    return post('/api/registrations/replace', {
      ...{ source, terminalId, outcome: what === 'approve' ? 'taken' : 'refused' }
    })
  return post(`/api/registrations/${what}`, what === 'approve' ? { source, subjectId } : { source })
}

/** What the number's terminal said of itself until now. */
function Other({ row: { before } }: { readonly row: Row }) {
  const { t } = useTranslation()
  const was = before && [before.terminalId, before.maker, before.model].filter(text => text !== '').join(' ')
  return (
    <div className="t12 registration-other">
      <span className="t-amb">{t('admin:otherTerminal')}</span>
      {before && <span className="d n">{t('admin:terminalBefore', { was: was || '–' })}</span>}
    </div>
  )
}

interface PickerProps {
  readonly proposed: VehicleChoice | undefined
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

/** The vehicle with the plate the terminal names is proposed; any other is found by part of its plate. */
function VehiclePicker({ proposed, chosen, onChoose }: PickerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [found, setFound] = useState<readonly VehicleChoice[]>([])
  useEffect(() => {
    let gone = false
    if (text.trim() === '') setFound([])
    else
      void get<{ vehicles: readonly VehicleChoice[] }>(`/api/registrations/vehicles?text=${encodeURIComponent(text)}`)
        .then(({ vehicles }) => !gone && setFound(vehicles))
        .catch(() => undefined)
    return () => {
      gone = true
    }
  }, [text])
  const choices = [...(proposed ? [proposed] : []), ...found.filter(each => each.id !== proposed?.id)]
  return (
    <span className="row g6">
      <input
        className="admin-filter"
        value={text}
        maxLength={MAX_TEXT}
        placeholder={t('admin:findVehicle')}
        aria-label={t('admin:findVehicle')}
        onChange={event => setText(event.target.value)}
      />
      <select value={chosen} aria-label={t('admin:vehicle')} onChange={event => onChoose(event.target.value)}>
        <option value="">{t('admin:chooseVehicle')}</option>
        {choices.map(each => (
          <option key={each.id} value={each.id}>
            {each.name}
            {each.sources.length > 0 ? ` · ${t('admin:hasTerminals', { count: each.sources.length })}` : ''}
          </option>
        ))}
      </select>
    </span>
  )
}
