/** 接口令牌: which programs may do what over the REST API; the secret is shown once. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiScope, ApiToken, TokenMade } from '../../../../gateway/core/api-token.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { mayLeave } from '../../state/unsaved.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { hasText } from '../../ui/pick-match.ts'
import { clockText, dateText, yearDateText } from '../../ui/time.ts'
import { useRowsInSight } from '../../ui/use-rows-in-sight.ts'
import { post } from '../../wire/api.ts'
import { Drawer } from './drawer.tsx'
import { ChoiceField, GroupFaults, TextField } from './fields.tsx'
import { FilterBar } from './filter-bar.tsx'
import { FormFrame } from './form-frame.tsx'
import { Once, useOnce } from './once.tsx'
import { Remove } from './remove.tsx'
import { type Column, ROW_PX, RowsTable } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { NEW } from './use-list.ts'
import { useSave } from './use-save.ts'

const SCOPES: readonly ApiScope[] = [
  'read-incidents',
  'read-devices',
  'read-deliveries',
  'read-registry',
  'write-registry',
  'reports',
  'diagnostics'
]
const DAYS = [30, 90, 365, 730]

export function Tokens() {
  const { t } = useTranslation()
  const [again, setAgain] = useState(0)
  const [chosen, setChosen] = useState<string>()
  const [text, setText] = useState('')
  const once = useOnce()
  const list = useDetail<{ readonly tokens: readonly ApiToken[] }>('/api/tokens', again)
  const wordsOf = ({ id, name, createdBy, scopes }: ApiToken) => [
    ...[id, name, createdBy, ...scopes],
    ...scopes.map(each => t(`manage:token.scope.${each}`))
  ]
  const tokens = list?.tokens.filter(each => hasText(wordsOf(each), text)) ?? []
  const sight = useRowsInSight(tokens.length, ROW_PX)
  const columns = useColumns()
  const token = tokens.find(each => each.id === chosen)
  const renew = () => setAgain(n => n + 1)
  const choose = (id: string | undefined) => {
    if (id !== chosen && mayLeave(`record ${id}`)) setChosen(id)
  }
  const page = list && { found: tokens.length, all: list.tokens.length }
  return (
    <>
      <FilterBar {...{ text, page }} onText={setText} find={t('manage:token.find')}>
        <span className="m t12">{t('manage:token.help')}</span>
        <Button onClick={() => choose(NEW)}>{t('manage:add.token')}</Button>
      </FilterBar>
      <Once once={once} wordOf={name => t('manage:token.once', { name })} taken={t('manage:token.taken')} />
      <div className="mng-body">
        <RowsTable
          {...{
            label: t('manage:table'),
            empty: t(text.trim() === '' ? 'manage:token.none' : 'manage:empty'),
            found: list && tokens.length,
            columns,
            sight,
            chosen
          }}
          rows={new Map(tokens.entries())}
          keyOf={each => each.id}
          onChoose={choose}
        />
        {(chosen === NEW || token) && (
          <Drawer title={token?.name ?? t('manage:add.token')} note={token?.id} onClose={() => setChosen(undefined)}>
            {token ? (
              <Token key={token.id} token={token} onRevoked={renew} />
            ) : (
              <TokenForm
                onMade={({ token: { id, name }, secret }) => {
                  once.show(name, secret)
                  setChosen(id)
                  renew()
                }}
              />
            )}
          </Drawer>
        )}
      </div>
    </>
  )
}

function useColumns(): readonly Column<ApiToken>[] {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const day = (atMs: number) => yearDateText(atMs, zone, i18n.language)
  return [
    { word: t('manage:token.name'), width: 240, cell: token => token.name },
    {
      word: t('manage:token.scopes'),
      cell: token => token.scopes.map(each => t(`manage:token.scope.${each}`)).join(t('common:comma'))
    },
    { word: t('manage:token.created'), width: 220, quiet: true, digits: true, cell: token => day(token.createdAtMs) },
    { word: t('manage:token.expires'), width: 220, digits: true, cell: token => day(token.expiresAtMs) },
    {
      ...{ word: t('manage:token.used'), width: 190, quiet: true, digits: true },
      cell: ({ lastUsedAtMs }) =>
        lastUsedAtMs === undefined
          ? t('manage:token.never')
          : `${dateText(lastUsedAtMs, zone, i18n.language)} ${clockText(lastUsedAtMs, zone).slice(0, 5)}`
    },
    { word: t('manage:token.state'), width: 110, cell: token => <Standing token={token} /> }
  ]
}

function Standing({ token: { revokedAtMs, expiresAtMs } }: { readonly token: ApiToken }) {
  const { t } = useTranslation()
  const now = useNow()
  if (revokedAtMs !== undefined) return <Chip>{t('manage:token.revoked')}</Chip>
  if (now >= expiresAtMs) return <Chip tone="amber">{t('manage:token.expired')}</Chip>
  return <Chip tone="ok">{t('manage:token.valid')}</Chip>
}

function TokenForm({ onMade }: { readonly onMade: (made: Extract<TokenMade, { saved: true }>) => void }) {
  const { t } = useTranslation()
  const saving = useSave()
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const [scopes, setScopes] = useState<readonly ApiScope[]>([])
  const { faults } = saving
  const save = async () => {
    const made = await saving.send<TokenMade>('/api/tokens', { name, scopes, days: Number(days) })
    if (made) onMade(made)
  }
  return (
    <FormFrame saving={saving} saveWord={t('manage:token.make')} onSave={() => void save()}>
      <TextField
        {...{ word: t('manage:token.name'), field: 'name', faults, value: name, onValue: setName }}
        needed
        wide
        autoFocus
      />
      <ChoiceField
        {...{ word: t('manage:token.days'), field: 'days', faults, value: days, onValue: setDays }}
        choices={DAYS.map(n => [String(n), t('manage:token.daysN', { count: n })])}
      />
      <fieldset className="wide mng-list">
        <legend>{t('manage:token.scopes')}</legend>
        {SCOPES.map(scope => (
          <label key={scope} className="row g8">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={event =>
                setScopes(event.target.checked ? [...scopes, scope] : scopes.filter(each => each !== scope))
              }
            />
            {t(`manage:token.scope.${scope}`)} <span className="d n">{scope}</span>
          </label>
        ))}
        <GroupFaults field="scopes" faults={faults} />
      </fieldset>
    </FormFrame>
  )
}

function Token({ token, onRevoked }: { readonly token: ApiToken; readonly onRevoked: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const { scopes, createdBy, revokedBy, revokedAtMs, expiresAtMs } = token
  const revoke = () =>
    post(`/api/tokens/${token.id}/revoke`).then(onRevoked, () => {
      // Somebody was quicker: the list says so.
      onRevoked()
    })
  return (
    <div className="mng-form">
      <div className="mng-fields">
        <p className="wide">
          <Standing token={token} /> {t('manage:token.by', { name: createdBy })}
          {revokedBy && ` · ${t('manage:token.revokedBy', { name: revokedBy })}`}
        </p>
        <ul className="wide">
          {scopes.map(scope => (
            <li key={scope}>
              {t(`manage:token.scope.${scope}`)} <span className="d n">{scope}</span>
            </li>
          ))}
        </ul>
      </div>
      {revokedAtMs === undefined && now < expiresAtMs && (
        <div className="row g8 mng-buttons">
          <span className="grow" />
          <Remove
            word={t('manage:token.revoke')}
            yes={t('manage:token.revoke')}
            no={t('manage:token.keep')}
            help={t('manage:token.revokeSure')}
            onRemove={() => void revoke()}
          />
        </div>
      )}
    </div>
  )
}
