/**
 * help.ts: what the command line says of itself.
 *
 * In:   nothing
 * Out:  the help texts
 * Not:  parsing arguments (electron/cli.ts)
 */
export const HELP = `mellon: does this XMPP server deserve your trust, and why?

  mellon check <jid|domain>...   find the servers, connect, judge, say why
  mellon judge REPORT.json       judge a saved report again, offline
  mellon pins ...                what you accepted or watch
  mellon sign-in JID             check, then try to sign in
  mellon demo                    start the demo realm and print how to reach it
  mellon serve                   the same as a window in your browser

Examples
  mellon check shire.example --demo            a first verdict, offline
  mellon check --demo                          the domains of the demo realm and what each teaches
  mellon check bilbo@shire.example             your account's server
  mellon check a.example b.example --json      one report a line, for programs
  mellon check shire.example --verbose         every step, down to the bytes

Exit codes: 0 accepted automatically, 1 needs you, 2 refused, 3 unreachable, 4 not offered,
64 wrong usage, 70 a fault of the program itself.
mellon help check tells about all options.
`;

const CHECK = `mellon check <jid|domain>...

What to ask
  --service client|server     what the domain offers to clients (default) or to other servers
  --from DOMAIN               who we say we are to another server (with --service server)
  --connect HOST:PORT         skip discovery; the host's name then counts for nothing
  --mode starttls|direct-tls  how TLS begins there (with --connect; default starttls)
  --timeout SECONDS           time budget of a whole check (default 10)
  --allow-private             connect to private addresses that a public domain names

Whom to ask
  --resolver URL              system (default), udp://IP[:PORT], tcp://IP[:PORT], tls://HOST[:PORT][#IP],
                              https://HOST/dns-query[#IP]; may be repeated, tried in order. A server known by
                              its key: 'tls://IP?pin-sha256=BASE64' (RFC 7858 4.2)

Whom to believe
  --trust-anchor FILE         DS or DNSKEY lines that replace the built-in root anchors
  --negative-anchor NAME      a name under which DNSSEC is not expected; may be repeated
  --require-dnssec            never accept automatically where DNSSEC proof cannot be had
  --allow-sha1                let SHA-1 signatures in DNSSEC count (RFC 9905 says no)
  --ca FILE.pem               one more trust store; may be repeated
  --roots LIST                which stores count: bundled,system,files (default all three)
  --at ISO-TIME               judge certificates and signatures as of then
  --client-cert FILE --client-key FILE   shown to a server that asks

What to print
  --json                      the report, one a line; standard output holds nothing else
  --verbose                   every step, record and certificate
  --clients                   how other programs would decide (in --json as "clients")
  --profiles FILE             your own profiles of programs, beside those that ship; may be repeated
  --demo                      against the demo realm, started for the occasion; without a domain: the list

Examples
  mellon check shire.example
  mellon check shire.example --resolver tls://dns.quad9.net --require-dnssec
  mellon check shire.example --service server --from mordor.example
  mellon check shire.example --connect xmpp1.hosting.example:5222
  mellon check shire.example --json > report.json && mellon judge report.json --at 2027-06-01
`;

const JUDGE = `mellon judge REPORT.json

Judges a saved report again from what was observed. Nothing is asked on the network, and nothing can be accepted from it.
  --at ISO-TIME          as of then instead of when it was recorded
  --roots LIST           bundled,system,files
  --ca FILE.pem          one more trust store
  --trust-anchor FILE    other DNSSEC anchors
  --without dnssec|dane|posh   as if it had not been published or asked; may be repeated
  --pins                 consult your pins, too
  --clients, --profiles FILE   how other programs would decide
  --json, --verbose      as with check
`;

const DEMO = `mellon demo

Starts the demo realm on loopback and prints its domains, resolver, trust anchors and certificate authority. Ctrl-C ends it.
  --serve-clients        on fixed ports, with a machine-readable list of cases (JSON) for testing other clients:
                         DNS on 53 and web sites on 443 where that is allowed, otherwise on 5300 and 8443
  --cases FILE           write the list to FILE and the certificate authority beside it, instead of printing it
  --port N               the resolver's port (default 5300)
`;

const PINS = `mellon pins list|show|add|remove|restore|edit|watch|unwatch|history|export|import|check|start-over

  mellon pins list                            everything remembered
  mellon pins show shire.example              one domain
  mellon pins add shire.example --key HEX     check the server, then remember its key (or --certificate HEX);
                                              --replace takes the place of a pin that changed; --note, --ends DATE;
                                              --manual-too: it counts with --connect HOST:PORT as well
  mellon pins remove ID                       revoke it (mellon pins restore ID undoes; --forget leaves no trace)
  mellon pins edit ID --note TEXT             another note or end date
  mellon pins watch shire.example             a key never seen before is never silent
  mellon pins history [shire.example]         what was seen when (--erase forgets it)
  mellon pins export json|spki|tlsa|posh      to standard output
  mellon pins import FILE                     own JSON, sha256/BASE64 lines (--domain NAME), or GnuTLS known_hosts
  mellon pins check [--parallel N] [--json]   check every pinned and watched domain again: 0 nothing changed,
                                              1 look at it, 2 refused, 3 unreachable, 4 not offered
  mellon pins start-over                      begin anew after a damaged file (which is kept aside)

Commands that check a server take --resolver, --trust-anchor, --negative-anchor, --ca, --roots, --allow-private,
--require-dnssec, --connect, --mode and --timeout, as check does.
`;

const SERVE = `mellon serve [--port N]

The same window in a browser on this machine. Whatever changes trust is confirmed in this terminal.
`;

const SIGN_IN = `mellon sign-in JID   (options of check)   [--allow-plain]

Checks the server, then tries to sign in over a connection with the same certificate. The password is read from the
terminal without echo, or from standard input. Exit codes: 0 signed in, 1 needs you to accept first, 2 refused,
3 unreachable, 5 credentials not accepted.

  --allow-plain          hand over the password itself where the server can do no better (PLAIN)
  --json                 the result as one line of JSON; it never holds the password

  mellon sign-in bilbo.baggins@shire.example --demo
`;

export const HELP_TOPICS: Readonly<Record<string, string>> = {
  check: CHECK,
  judge: JUDGE,
  demo: DEMO,
  pins: PINS,
  serve: SERVE,
  'sign-in': SIGN_IN,
};
