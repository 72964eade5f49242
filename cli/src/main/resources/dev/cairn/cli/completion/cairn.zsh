#compdef cairn

# Completion of cairn for zsh, made by: cairn completion zsh

# Offers the names of kind $1 that the repository has.
_cairn_names() {
    local -a names
    names=(${(f)"$("$program" complete "$1" $asked 2>/dev/null </dev/null)"})
    local expl
    _wanted "$1" expl "$1" compadd -a names
}

# Offers the snapshots and, behind a colon, the paths in one. Of a snapshot's name a colon may follow, of a folder's more.
_cairn_places() {
    local word=${(Q)PREFIX}
    local -a found expl
    found=(${(f)"$("$program" complete places $asked -- "$word" 2>/dev/null </dev/null)"})
    if [[ $word == *:* ]]; then
        _description paths expl path
        compadd "$expl[@]" -S '' -- ${(M)found:#*/}
        compadd "$expl[@]" -- ${found:#*/}
    else
        _description snapshots expl snapshot
        compadd "$expl[@]" -S ' ' -r ': ' -- $found
    fi
}

# Adds option $1 with value $2 to asked.
_cairn_asked() {
    local value=${(Q)2}
    [[ $2 != '~/'* ]] || value=$HOME/${value#'~/'}
    asked+=("$1" "$value")
}

@FUNCTIONS@

_cairn() {
@GLOBAL@
    local program=${(Q)words[1]}
    [[ $program != '~/'* ]] || program=$HOME/${program#'~/'}
    # What says which repository is meant, or which key opens it.
    local -a asked
    local -i at
    local options='-r|--repo|-P|--profile|--config|--key-file|--password-file|--password-command|--recovery-code-file'
    for ((at = 2; at < CURRENT; at++)); do
        if [[ $words[at] == (${~options}) ]]; then
            ((at + 1 == CURRENT)) || _cairn_asked "$words[at]" "$words[at + 1]"
        elif [[ $words[at] == (${~options})=* ]]; then
            _cairn_asked "${words[at]%%=*}" "${words[at]#*=}"
        fi
    done
    local curcontext=$curcontext state state_descr line
    typeset -A opt_args
@PROGRAM@
}

if [[ $funcstack[1] == _cairn ]]; then
    _cairn "$@"
else
    compdef _cairn cairn
fi
