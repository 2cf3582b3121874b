/** The pages that stand still while their picture is taken: who opens them, and what is there when they are ready. */
import type { Page } from 'playwright-core'

export interface PageRow {
  readonly name: string
  readonly path: string
  /** Selector of what is there when the page has what it shows. */
  readonly ready: string
  /** Pressed then, one after another, e.g. the row whose form is to be seen. */
  readonly press?: readonly string[]
  /** What is there after it, and is brought into sight. */
  readonly shows?: string
}

export type Reader = 'leader' | 'administrator' | 'taxi'

/** Log-in and seat of those who look. */
export const READERS: Readonly<
  Record<Reader, { readonly login: string; readonly seat?: number; readonly path: string }>
> = {
  leader: { login: '10008', seat: 2, path: '/' },
  administrator: { login: '10001', path: '/manage' },
  taxi: { login: '20001', path: '/taxi' }
}

const ROW = '.mng-scroll tbody td button'
const FORM = '.mng-drawer .mng-form input'

export const PAGES: Readonly<Record<Reader, readonly PageRow[]>> = {
  leader: [
    { name: 'board', path: '/board', ready: '.board tbody tr:has-text("≤")' },
    { name: 'reports', path: '/reports', ready: '.report-body' },
    { name: 'shift-report', path: '/reports?shift', ready: '.report-body' },
    { name: 'audit', path: '/audit', ready: 'tbody tr' },
    { name: 'audit-incidents', path: '/audit?tab=incidents', ready: 'tbody tr' },
    { name: 'history', path: '/history', ready: 'tbody tr' },
    { name: 'follow-ups', path: '/follow-ups', ready: 'tbody tr' },
    { name: 'sop', path: '/sop', ready: 'tbody tr' },
    { name: 'queue', path: '/queue', ready: '.queue-row' },
    { name: 'sources', path: '/sources', ready: '.src-scroll tbody td + td' },
    { name: 'cameras', path: '/cameras', ready: '.cam-scroll tbody tr' }
  ],
  administrator: [
    { name: 'manage', path: '/manage', ready: ROW },
    { name: 'manage-household', path: '/manage', ready: ROW, press: [ROW], shows: FORM },
    { name: 'manage-groups', path: '/manage?tab=groups', ready: '.mng-scroll tbody td, .mng-empty' },
    { name: 'manage-vehicles', path: '/manage?tab=vehicles', ready: ROW },
    { name: 'manage-units', path: '/manage?tab=units', ready: ROW },
    { name: 'manage-routes', path: '/manage?tab=routes', ready: ROW },
    {
      ...{ name: 'manage-route', path: '/manage?tab=routes', ready: ROW },
      press: [ROW, '.mng-drawer p.row > button[aria-expanded]'],
      shows: '.mng-map .town-canvas[data-drawn="yes"]'
    },
    { name: 'manage-cameras', path: '/manage?tab=cameras', ready: ROW },
    { name: 'manage-grid', path: '/manage?tab=grid', ready: ROW },
    { name: 'manage-users', path: '/manage?tab=users', ready: ROW },
    { name: 'manage-tokens', path: '/manage?tab=tokens', ready: '.mng-empty, .mng-scroll tbody td' },
    { name: 'manage-settings', path: '/manage?tab=settings', ready: '.mng-settings table' },
    { name: 'sop-form', path: '/sop', ready: '.sop-text' },
    { name: 'deliveries', path: '/deliveries', ready: '.deliveries tbody tr' },
    {
      ...{ name: 'deliveries-sink', path: '/deliveries', ready: '.deliveries tbody tr' },
      press: ['.sink-orders button[aria-expanded]'],
      shows: FORM
    },
    { name: 'admin', path: '/admin', ready: 'table tbody tr' }
  ],
  taxi: [{ name: 'taxi', path: '/taxi', ready: '.taxi-list button' }]
}

/** Opens it and waits until it has what it shows. */
export async function openPage(page: Page, url: string, { path, ready, press = [], shows }: PageRow): Promise<void> {
  await page.goto(url + path)
  await page.locator(ready).first().waitFor()
  for (const button of press) await page.locator(button).first().click()
  if (shows) await page.locator(shows).first().scrollIntoViewIfNeeded()
}
