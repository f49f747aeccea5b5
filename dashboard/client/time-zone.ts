const A_YEAR = 365 * 24 * 60 * 60;

/** Tells the server the reader's time zone, for the next page on. */
export function tellTimeZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `tz=${encodeURIComponent(zone)}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax${secure}`;
}
