interface RefusedProps {
  /** Folder of the present asset version. */
  readonly assets: string;
  readonly title: string;
  readonly heading: string;
  readonly what: string;
}

/** For those who may see nothing: not even how many alerts fire (P40). */
export function RefusedPage({ assets, title, heading, what }: RefusedProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${heading} · ${title}`}</title>
        {['tokens', 'base', 'layout', 'tools', 'layout-sizes', 'notice'].map((name) => (
          <link key={name} rel="stylesheet" href={`${assets}/${name}.css`} />
        ))}
      </head>
      <body>
        <main>
          <section class="notice">
            <h1>{heading}</h1>
            <p>{what}</p>
          </section>
        </main>
      </body>
    </html>
  );
}
