/** 人员: who may log in as what; a new person's password is shown once. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UserChoices, UserLine, UserSaved } from '../../../../gateway/core/user-record.ts'
import type { Role } from '../../../../gateway/core/wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { Button, Chip } from '../../ui/parts.tsx'
import { get, post } from '../../wire/api.ts'
import { Drawer } from './drawer.tsx'
import { ChoiceField, TextField } from './fields.tsx'
import { FilterBar } from './filter-bar.tsx'
import { type Column, RowsTable } from './rows-table.tsx'
import { NEW, useList } from './use-list.ts'
import { useSave } from './use-save.ts'

const ROLES: readonly Role[] = ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor']

export function Users() {
  const { t } = useTranslation()
  const list = useList<UserLine>('/api/users?')
  const { page, rows, sight, chosen, setChosen } = list
  const [password, setPassword] = useState<{ readonly login: string; readonly password: string }>()
  const line = [...rows.values()].find(each => each.login === chosen)
  const columns: readonly Column<UserLine>[] = [
    { word: t('manage:user.name'), width: 220, cell: row => row.name },
    { word: t('manage:user.login'), width: 120, digits: true, cell: row => row.login },
    { word: t('manage:user.role'), width: 140, cell: row => t(`words:role.${row.role}`) },
    { word: t('manage:user.unit'), quiet: true, cell: row => row.unit?.name ?? row.fleetId ?? '–' },
    {
      ...{ word: t('manage:user.state'), width: 120 },
      cell: row =>
        row.disabled ? (
          <Chip tone="amber">{t('manage:user.disabled')}</Chip>
        ) : row.loggedIn ? (
          <Chip tone="ok">{t('manage:user.online')}</Chip>
        ) : (
          <span className="d">–</span>
        )
    }
  ]
  return (
    <>
      <FilterBar text={list.text} onText={list.setText} find={t('manage:user.find')} page={page}>
        <Button onClick={() => setChosen(NEW)}>{t('manage:add.user')}</Button>
      </FilterBar>
      {password && (
        <p className="mng-once row g12" role="status">
          <span>
            {t('manage:user.passwordOnce', { login: password.login })} <b className="n">{password.password}</b>
          </span>
          <Button onClick={() => setPassword(undefined)}>{t('manage:user.passwordTold')}</Button>
        </p>
      )}
      <div className="mng-body">
        <RowsTable
          {...{ label: t('manage:table'), empty: t('manage:empty'), found: page?.found, rows, columns, sight, chosen }}
          keyOf={row => row.login}
          onChoose={setChosen}
        />
        {chosen !== undefined && (chosen === NEW || line) && (
          <Drawer title={line?.name ?? t('manage:add.user')} note={line?.login} onClose={() => setChosen(undefined)}>
            <UserForm
              key={chosen}
              line={line}
              onPassword={(login, made) => setPassword({ login, password: made })}
              onSaved={list.changed}
            />
          </Drawer>
        )}
      </div>
    </>
  )
}

interface UserFormProps {
  readonly line: UserLine | undefined
  readonly onPassword: (login: string, password: string) => void
  readonly onSaved: (login: string) => void
}

function UserForm({ line, onPassword, onSaved }: UserFormProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const [draft, setDraft] = useState({
    ...{ login: line?.login ?? '', name: line?.name ?? '', role: line?.role ?? ('operator' as Role) },
    ...{ unitId: line?.unit?.id ?? '', fleetId: line?.fleetId ?? '' }
  })
  const choices = useChoices()
  const { faults, refused, state, send, setRefused } = useSave()
  const text = (key: keyof typeof draft, word: string) => ({
    ...{ word, field: key, faults, value: draft[key], onValue: (value: string) => setDraft({ ...draft, [key]: value }) }
  })
  const none = ['', t('manage:user.choose')] as const
  const save = async () => {
    const saved = await send<UserSaved>('/api/users', { draft, isNew: !line })
    if (!saved) return
    if (saved.password) onPassword(saved.login, saved.password)
    onSaved(saved.login)
  }
  const order = async (path: string, body: object = {}) => {
    try {
      const answer = await post<{ password?: string } | undefined>(path, body)
      if (answer?.password && line) onPassword(line.login, answer.password)
      if (line) onSaved(line.login)
    } catch (error) {
      setRefused(error)
    }
  }
  return (
    <form
      className="mng-form"
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="mng-fields">
        {!line && <TextField {...text('login', t('manage:user.login'))} needed autoFocus />}
        <TextField {...text('name', t('manage:user.name'))} needed />
        <ChoiceField
          {...text('role', t('manage:user.role'))}
          choices={ROLES.map(each => [each, t(`words:role.${each}`)])}
        />
        {draft.role === 'patrol' && (
          <ChoiceField
            {...text('unitId', t('manage:user.unit'))}
            needed
            choices={[none, ...(choices?.units.map(each => [each.id, each.name] as const) ?? [])]}
          />
        )}
        {draft.role === 'taxiDispatcher' && (
          <ChoiceField
            {...text('fleetId', t('manage:user.fleet'))}
            needed
            choices={[none, ...(choices?.fleets.map(each => [each, each] as const) ?? [])]}
          />
        )}
        {line && <p className="m wide">{t('manage:user.rightsHelp')}</p>}
        {refused !== undefined && (
          <p className="mng-fault wide" role="alert">
            {refusalText(refused, t)}
          </p>
        )}
      </div>
      <div className="row g8 mng-buttons">
        <Button type="submit" state={state === 'sending' ? 'sending' : 'best'}>
          {t('manage:keep')}
        </Button>
        <span className="grow" />
        {line && line.login !== user?.login && <Orders line={line} order={order} />}
        {line && line.login === user?.login && <span className="m t12">{t('manage:user.self')}</span>}
      </div>
    </form>
  )
}

interface OrdersProps {
  readonly line: UserLine
  readonly order: (path: string, body?: object) => Promise<void>
}

function Orders({ line, order }: OrdersProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const disable = `/api/admin/users/${line.login}/disabled`
  if (asked)
    return (
      <>
        <span className="m">{t('manage:user.newPasswordSure')}</span>
        <Button
          danger
          onClick={() => {
            setAsked(false)
            void order(`/api/users/${line.login}/password`)
          }}
        >
          {t('manage:user.newPassword')}
        </Button>
        <Button onClick={() => setAsked(false)}>{t('manage:removeNo')}</Button>
      </>
    )
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t('manage:user.newPassword')}</Button>
      <Button danger={!line.disabled} onClick={() => void order(disable, { disabled: !line.disabled })}>
        {t(line.disabled ? 'manage:user.enable' : 'manage:user.disable')}
      </Button>
    </>
  )
}

function useChoices(): UserChoices | undefined {
  const [choices, setChoices] = useState<UserChoices>()
  useEffect(() => {
    let gone = false
    get<UserChoices>('/api/users/choices').then(
      value => !gone && setChoices(value),
      () => undefined
    )
    return () => {
      gone = true
    }
  }, [])
  return choices
}
