#compdef cairn

# Completion of cairn for zsh, made by: cairn completion zsh

# Offers the names of kind $1 that the repository has.
_cairn_names() {
    local -a names
    names=(${(f)"$("$program" complete "$1" $repository 2>/dev/null </dev/null)"})
    local expl
    _wanted "$1" expl "$1" compadd -a names
}

@FUNCTIONS@

_cairn() {
@GLOBAL@
    local program=${(Q)words[1]}
    [[ $program != '~/'* ]] || program=$HOME/${program#'~/'}
    local -a repository
    local -i at
    for ((at = 2; at < CURRENT; at++)); do
        case $words[at] in
            -r | --repo) repository=(-r "${(Q)words[at + 1]}") ;;
            --repo=*) repository=(-r "${(Q)words[at]#--repo=}") ;;
        esac
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
